import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IGraph } from '../api/types';
import { ChildHover } from '../child/child-hover';
import { GraphView } from '../graph/graph-view';
import {
  findTasks,
  groupsAround,
  type IShownGraph,
  openAtFirst,
  shownGraph
} from '../graph/groups';
import type { DagModel } from '../models/dag';
import { countStates } from '../models/reduce';
import { Button, IconButton, SearchBox } from '../parts/controls';
import { Counts } from '../parts/counts';
import { fitIcon, minusIcon, plusIcon } from '../parts/icons';
import type { IPageContext } from './page-context';
import { RunPicker } from './run-picker';

/** The graph of one run: toolbar, canvas, zoom. */
export function GraphTab({
  context,
  graph
}: {
  context: IPageContext;
  graph: IGraph;
}): JSX.Element {
  const { model } = context;
  const host = React.useRef<HTMLDivElement>(null);
  const [query, setQuery] = React.useState('');
  const [zoom, setZoom] = React.useState(1);
  const { shown, toggle, isOpen, setAll, reveal } = useGroups(graph);
  const hits = React.useMemo(() => findTasks(graph, query), [graph, query]);
  const hit = hits.at(0);
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
  const foundId = hit?.task_id;
  React.useEffect(() => {
    // The first hit is shown, even where its group is closed.
    if (hit) {
      reveal(groupsAround(graph, hit));
    }
    // A new state of the graph is no new search.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [foundId, reveal]);
  React.useEffect(() => view.current?.find(query), [view, query]);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && hits.length) {
      // Once more leads to the next one.
      const at = hits.findIndex(task => task.task_id === model.taskId);
      const next = hits[(at + 1) % hits.length];
      reveal(groupsAround(graph, next));
      model.selectTask(next.task_id);
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
        {query.trim() && (
          <span className="couture-Secondary" role="status">
            {hits.length || 'none'} found
          </span>
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
        <ChildHover context={context} host={host} />
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
  /** Open groups that are closed. */
  reveal: (groupIds: readonly string[]) => void;
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
  const reveal = React.useCallback(
    (ids: readonly string[]) =>
      setOpen(before =>
        ids.every(id => before.has(id)) ? before : new Set([...before, ...ids])
      ),
    []
  );
  return { shown, toggle, setAll, reveal, isOpen: open.size > 0 };
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
