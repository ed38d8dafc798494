"""A day's sales from raw orders to a report: bash and Python tasks that branch and join.

Each run makes its own orders from the date, so it can be run again and again and for any day.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

from couture_operators import (
    DAG,
    BashOperator,
    BranchPythonOperator,
    EmptyOperator,
    Param,
    PythonOperator,
    TriggerRule,
)

REGIONS = ("North", "South", "East", "West")
PRICES = {"bicycle": 640.0, "helmet": 55.0, "lamp": 24.5, "lock": 39.9}


def load_orders(ds, params):
    """Make the day's orders; the same date always gives the same ones."""
    dice = random.Random(ds)
    orders = [
        {
            "region": dice.choice(REGIONS),
            "product": dice.choice(list(PRICES)),
            "pieces": dice.randint(1, 5),
        }
        for _ in range(params["orders"])
    ]
    print(f"{len(orders)} orders for {ds}")
    return orders


def clean_orders(ti):
    """Drop the orders that look like a slip of the keyboard."""
    orders = ti.xcom_pull(task_ids="load_orders")
    kept = [order for order in orders if order["pieces"] < 5]
    print(f"kept {len(kept)} of {len(orders)} orders")
    return kept


def revenue_by(field, ti):
    """Add up the revenue for each value of a field and print it as a small bar chart."""
    revenue = Counter()
    for order in ti.xcom_pull(task_ids="clean_orders"):
        revenue[order[field]] += order["pieces"] * PRICES[order["product"]]
    for name, amount in revenue.most_common():
        print(f"{name:10} {amount:12,.2f} {'#' * int(40 * amount / max(revenue.values()))}")
    return dict(revenue)


def choose_report(ti, params):
    """A good day gets the long report."""
    total = sum(ti.xcom_pull(task_ids="revenue_by_region").values())
    print(f"total revenue {total:,.2f}, goal {params['goal']:,.2f}")
    return "write_long_report" if total >= params["goal"] else "write_short_report"


def write_long_report(ds, ti):
    """Rank regions and products."""
    lines = [f"Sales of {ds}", ""]
    for source in ("revenue_by_region", "revenue_by_product"):
        revenue = Counter(ti.xcom_pull(task_ids=source))
        lines += [f"{rank}. {name}: {amount:,.2f}" for rank, (name, amount) in
                  enumerate(revenue.most_common(), 1)] + [""]
    report = "\n".join(lines)
    print(report)
    return report


def write_short_report(ds, ti):
    """One line will do."""
    total = sum(ti.xcom_pull(task_ids="revenue_by_region").values())
    print(f"Sales of {ds}: {total:,.2f}")
    return f"{total:.2f}"


with DAG(
    "example_sales_report",
    description="From raw orders to a report, with a branch",
    schedule="0 6 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    tags=["example"],
    params={
        "orders": Param(2000, "How many orders to make up", type="integer", minimum=1),
        "goal": Param(500_000.0, "Revenue of a good day", type="number"),
    },
    default_args={"owner": "sales", "retries": 1, "retry_delay": timedelta(seconds=30)},
) as dag:
    check = BashOperator(
        task_id="check_disk",
        bash_command="df -h . && echo 'enough room for {{ params.orders }} orders'",
        description="Is there room for the day's files?",
    )
    load = PythonOperator(
        task_id="load_orders", python_callable=load_orders, show_return_value_in_logs=False
    )
    clean = PythonOperator(
        task_id="clean_orders", python_callable=clean_orders, show_return_value_in_logs=False
    )
    by_region = PythonOperator(
        task_id="revenue_by_region", python_callable=revenue_by, op_args=["region"]
    )
    by_product = PythonOperator(
        task_id="revenue_by_product", python_callable=revenue_by, op_args=["product"]
    )
    choose = BranchPythonOperator(task_id="choose_report", python_callable=choose_report)
    long_report = PythonOperator(task_id="write_long_report", python_callable=write_long_report)
    short_report = PythonOperator(task_id="write_short_report", python_callable=write_short_report)
    publish = BashOperator(
        task_id="publish",
        bash_command="sleep 1; echo 'the report of {{ ds }} is out'",
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    )
    done = EmptyOperator(task_id="done")

    check >> load >> clean >> [by_region, by_product] >> choose
    choose >> [long_report, short_report] >> publish >> done
