import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IGraph } from '../api/types';
import { GraphView } from '../graph/graph-view';
import { type IShownGraph, openAtFirst, shownGraph } from '../graph/groups';
import type { DagModel } from '../models/dag';
import { countStates } from '../models/reduce';
import { Button, IconButton, SearchBox } from '../parts/controls';
import { Counts } from '../parts/counts';
import { fitIcon, minusIcon, plusIcon } from '../parts/icons';
import { RunPicker } from './run-picker';

/** The graph of one run: toolbar, canvas, zoom. */
export function GraphTab({
  model,
  graph
}: {
  model: DagModel;
  graph: IGraph;
}): JSX.Element {
  const host = React.useRef<HTMLDivElement>(null);
  const [query, setQuery] = React.useState('');
  const [zoom, setZoom] = React.useState(1);
  const { shown, toggle, isOpen, setAll } = useGroups(graph);
  const view = useGraphView(host, model, setZoom, toggle);
  React.useEffect(
    () => void view.current?.setGraph(shown.graph, shown.open),
    [view, shown]
  );
  React.useEffect(() => {
    if (view.current) {
      view.current.selected = model.taskId;
    }
  }, [view, model.taskId]);
  React.useEffect(() => view.current?.find(query), [view, query]);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const hit = view.current?.found[0];
    if (event.key === 'Enter' && hit) {
      model.selectTask(hit);
    } else if (event.key === 'Escape') {
      setQuery('');
    }
  };
  return (
    <div className="couture-GraphTab">
      <div className="couture-Toolbar" role="toolbar" aria-label="Run">
        <RunPicker model={model} />
        {graph.run && <Counts counts={countStates(graph)} size={14} />}
        {graph.groups.length > 0 && (
          <Button
            text={isOpen ? 'Close all groups' : 'Open all groups'}
            onClick={() => setAll(!isOpen)}
          />
        )}
        <span className="couture-Toolbar-find">
          <SearchBox
            value={query}
            placeholder="Find task"
            icon={searchIcon}
            onChange={setQuery}
            onKeyDown={onKeyDown}
          />
        </span>
      </div>
      <div className="couture-Graph">
        <div
          ref={host}
          className="couture-Graph-host"
          role="group"
          aria-label="Tasks"
        />
        <div className="couture-Zoom" role="group" aria-label="Zoom">
          <IconButton
            icon={minusIcon}
            label="Smaller"
            onClick={() => view.current?.zoom(1 / 1.25)}
          />
          <output aria-label="Zoom">{Math.round(zoom * 100)}%</output>
          <IconButton
            icon={plusIcon}
            label="Larger"
            onClick={() => view.current?.zoom(1.25)}
          />
          <IconButton
            icon={fitIcon}
            label="Fit all tasks"
            onClick={() => view.current?.fit()}
          />
        </div>
      </div>
    </div>
  );
}

interface IGroups {
  shown: IShownGraph;
  /** Whether any group is open. */
  isOpen: boolean;
  toggle: (groupId: string) => void;
  setAll: (isOpen: boolean) => void;
}

/** Which groups are open, and the graph that is shown then. */
function useGroups(graph: IGraph): IGroups {
  const [open, setOpen] = React.useState(() => openAtFirst(graph));
  const shown = React.useMemo(() => shownGraph(graph, open), [graph, open]);
  const toggle = React.useCallback(
    (id: string) =>
      setOpen(before => {
        const after = new Set(before);
        if (!after.delete(id)) {
          after.add(id);
        }
        return after;
      }),
    []
  );
  const setAll = (isOpen: boolean): void =>
    setOpen(new Set(isOpen ? graph.groups.map(one => one.group_id) : []));
  return { shown, toggle, setAll, isOpen: open.size > 0 };
}

function useGraphView(
  host: React.RefObject<HTMLDivElement>,
  model: DagModel,
  onZoom: (zoom: number) => void,
  onToggle: (groupId: string) => void
): React.RefObject<GraphView> {
  const view = React.useRef<GraphView | null>(null);
  // A layout effect, so that the view is there when the others run.
  React.useLayoutEffect(() => {
    if (!host.current) {
      return;
    }
    const graph = new GraphView(host.current, {
      onSelect: id => model.selectTask(id),
      onZoom,
      onToggle
    });
    view.current = graph;
    return () => {
      graph.dispose();
      view.current = null;
    };
  }, [host, model, onZoom, onToggle]);
  return view;
}
