import * as React from 'react';

import type { ISimulated } from '../api/automation-types';
import type { IGraph } from '../api/types';
import type { SimulateModel } from './simulate-model';
import { Tip } from './tip';
import { spotWords } from './tree-words';
import { type ITree, treeOf } from './tree';
import type { ISpot } from './tree-paint';
import { TreeView } from './tree-view';

interface IProps {
  model: SimulateModel;
  found: ISimulated;
  graph: IGraph;
}

interface IHover {
  spot: ISpot;
  at: { x: number; y: number };
}

/** Tasks by runs: one tab stop, arrows move, what is chosen is told. */
export function TreeGrid({ model, found, graph }: IProps): JSX.Element {
  const host = React.useRef<HTMLDivElement>(null);
  const [hover, setHover] = React.useState<IHover | null>(null);
  const tree = React.useMemo(
    () => treeOf(found, graph, model.isClosed),
    [found, graph, model.isClosed]
  );
  const spot = spotOf(model, tree);
  const view = useTreeView(host, model, tree, setHover);
  const { row, column } = spot ?? {};
  React.useEffect(() => {
    const chosen =
      row === undefined || column === undefined ? null : { row, column };
    view.current?.show(tree, model.isClosed, chosen);
  }, [view, tree, model.isClosed, row, column]);
  return (
    <div className="couture-Tree">
      <div
        ref={host}
        className="couture-Tree-host"
        role="application"
        aria-label={`Tasks of ${model.dagId} by runs`}
        aria-roledescription="grid"
        tabIndex={0}
      />
      {hover && <Tip tree={tree} {...hover} />}
      <span className="couture-Tree-words" aria-live="polite">
        {spot && spotWords(tree, spot)}
      </span>
    </div>
  );
}

function spotOf({ place }: SimulateModel, tree: ITree): ISpot | null {
  if (!place) {
    return null;
  }
  const row = tree.rows.findIndex(one => one.id === place.rowId);
  return { row, column: place.column };
}

function useTreeView(
  host: React.RefObject<HTMLDivElement>,
  model: SimulateModel,
  tree: ITree,
  setHover: (hover: IHover | null) => void
): React.RefObject<TreeView> {
  const view = React.useRef<TreeView | null>(null);
  const shown = React.useRef(tree);
  shown.current = tree;
  React.useLayoutEffect(() => {
    if (!host.current) {
      return;
    }
    const made = new TreeView(host.current, {
      onHover: (spot, at) => setHover(spot && { spot, at }),
      onPick: spot => {
        const rowId = spot && (shown.current.rows[spot.row]?.id ?? null);
        model.pick(spot && { rowId, column: spot.column });
      },
      onToggle: id => model.toggleGroup(id)
    });
    view.current = made;
    return () => {
      made.dispose();
      view.current = null;
    };
  }, [host, model, setHover]);
  return view;
}
