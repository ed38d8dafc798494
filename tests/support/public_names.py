"""The public names of the objects that authors meet, reviewed: a new one belongs into this table.

AIRFLOWS are names that Airflow 1.10.15 or 2.10.5 has too: authors know them, and none of theirs
collides with them. OURS are not: an author may give an attribute of an operator any such name, so
that a further one there needs a reason, or an underscore.
"""

OURS = {
    "operator": "operator_kind retry_if_lost",  #: class attribute and argument, of this product
    "dag": "couture fresh_interpreter get_task_group owners schedule",
    "ti": "attempt_key first_start logical_date map_index_of of of_row skip_tasks skipped_task_ids",
    "run": "run_after",
}

AIRFLOWS = {
    "operator": """
        as_setup as_teardown clear dag dag_id defer depends_on_past do_xcom_push doc
        doc_json doc_md doc_rst doc_yaml downstream_list downstream_task_ids dry_run email
        email_on_failure email_on_retry end_date execute execution_timeout executor
        executor_config get_dag get_direct_relative_ids get_direct_relatives
        get_flat_relative_ids get_flat_relatives get_task_instances get_template_env has_dag
        ignore_first_depends_on_past inlets is_setup is_teardown label leaves log
        map_index_template max_active_tis_per_dag max_active_tis_per_dagrun max_retry_delay
        multiple_outputs node_id on_execute_callback on_failure_callback
        on_failure_fail_dagrun on_kill on_retry_callback on_skipped_callback
        on_success_callback operator_extra_links outlets output owner params partial pool
        pool_slots post_execute pre_execute prepare_template priority_weight
        priority_weight_total queue render_template render_template_fields
        resolve_template_files resources resume_execution retries retry_delay
        retry_exponential_backoff roots run run_as_user set_downstream set_upstream sla
        start_date task_concurrency task_display_name task_group task_id task_type
        template_ext template_fields template_fields_renderers trigger_rule ui_color
        ui_fgcolor update_relative upstream_list upstream_task_ids wait_for_downstream
        wait_for_past_depends_before_skipping weight_rule xcom_pull xcom_push
    """,
    "dag": """
        access_control add_task add_tasks auto_register bulk_write_to_db catchup clear
        clear_dags cli concurrency create_dagrun dag_display_name dag_id dagrun_timeout
        date_range default_args description doc_md edge_info end_date fail_stop fileloc
        folder following_schedule get_active_runs get_dagrun get_dagruns_between
        get_edge_info get_is_paused get_last_dagrun get_latest_execution_date
        get_num_active_runs get_run_dates get_task get_task_instances get_template_env
        has_dag_runs has_task is_paused is_paused_upon_creation is_subdag
        iter_dagrun_infos_between jinja_environment_kwargs latest_execution_date leaves
        max_active_runs max_active_tasks max_consecutive_failed_dag_runs next_dagrun_info
        on_failure_callback on_success_callback owner owner_links param params parent_dag
        partial_subset previous_schedule render_template_as_native_obj roots run
        schedule_interval set_dag_runs_state set_dependency set_edge_info
        set_task_instance_state sla_miss_callback start_date sub_dag subdags sync_to_db tags
        task_dict task_group task_group_dict task_ids tasks template_searchpath
        template_undefined test timetable timezone topological_sort user_defined_filters
        user_defined_macros
    """,
    "ti": """
        are_dependencies_met clear_xcom_data current_state dag_id dag_run duration
        email_alert end_date error execution_date executor_config get_dagrun
        get_previous_dagrun get_previous_execution_date get_previous_start_date
        get_previous_ti get_template_context hostname is_eligible_to_retry job_id key log
        log_url map_index mark_success_url max_tries next_kwargs next_method
        next_retry_datetime next_try_number operator operator_name pid pool pool_slots
        prev_attempted_tries previous_execution_date_success previous_start_date_success
        previous_ti previous_ti_success priority_weight queue queued_dttm ready_for_retry
        refresh_from_db render_templates rendered_map_index run run_id set_state start_date
        state task task_display_name task_id test_mode try_number xcom_pull xcom_push
    """,
    "run": """
        conf dag dag_id data_interval_end data_interval_start end_date execution_date
        external_trigger find find_duplicate generate_run_id get_dag get_previous_dagrun
        get_previous_scheduled_dagrun get_state get_task_instance get_task_instances id
        is_backfill logical_date note queued_at refresh_from_db run_id run_type set_state
        start_date state task_instance_scheduling_decisions task_instances update_state
        verify_integrity
    """,
}
