/** What a new DAG file starts with. Pure. */

const ID = /[^A-Za-z0-9_.-]+/g;

/** The path and text for a DAG's name; both follow the rules of DAG ids. */
export function newDag(
  name: string,
  folder = ''
): { path: string; content: string } {
  const id = name.trim().replace(/\.py$/, '').replace(ID, '_');
  const content = `from couture_operators import DAG, BashOperator

with DAG("${id}", schedule=None) as dag:
    hello = BashOperator(task_id="hello", bash_command="echo hello")
`;
  return { path: `${folder && `${folder}/`}${id}.py`, content };
}
