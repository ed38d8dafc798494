import { describe, expect, it } from 'vitest';

import type { IGraph, IGroup, ITaskNode } from '../src/api/types';
import {
  countsLine,
  findTasks,
  groupsAround,
  openAtFirst,
  shownGraph
} from '../src/graph/groups';
import { GROUP, layout, NODE_HEIGHT } from '../src/graph/layout';
import { buildScene } from '../src/graph/scene';
import { reduceGraph } from '../src/models/reduce';
import { graph, taskChange, taskState } from './data';

const NOW = new Date('2026-11-23T02:05:00Z');

const group = (group_id: string, parent: string | null = null): IGroup => ({
  group_id,
  parent,
  label: group_id.split('.').pop() ?? '',
  tooltip: null,
  is_mapped: false
});

/** start >> outer(a >> inner(b, c)) >> end */
function grouped(patch: Partial<IGraph> = {}): IGraph {
  const node = (task_id: string, within: string | null): ITaskNode => ({
    ...graph().nodes[0],
    task_id,
    label: task_id.split('.').pop() ?? '',
    group: within
  });
  return {
    ...graph(),
    nodes: [
      node('start', null),
      node('outer.a', 'outer'),
      node('outer.inner.b', 'outer.inner'),
      node('outer.inner.c', 'outer.inner'),
      node('end', null)
    ],
    groups: [group('outer'), group('outer.inner', 'outer')],
    edges: [
      ['start', 'outer.a'],
      ['outer.a', 'outer.inner.b'],
      ['outer.a', 'outer.inner.c'],
      ['outer.inner.b', 'end'],
      ['outer.inner.c', 'end']
    ],
    ...patch
  };
}

const ids = (shown: IGraph): string[] => shown.nodes.map(node => node.task_id);

describe('task groups', () => {
  it('are open at first where the DAG is small', () => {
    expect(openAtFirst(grouped()).size).toBe(2);
    const many = Array.from({ length: 41 }, (_, i) => ({
      ...graph().nodes[0],
      task_id: `t${i}`
    }));
    expect(openAtFirst(grouped({ nodes: many })).size).toBe(0);
  });

  it('that are closed stand for all that is in them', () => {
    const { graph: shown, open } = shownGraph(grouped(), new Set());
    expect(ids(shown)).toEqual(['start', 'outer', 'end']);
    expect(shown.edges).toEqual([
      ['start', 'outer'],
      ['outer', 'end']
    ]);
    expect(shown.nodes[1]).toMatchObject({
      kind: 'group',
      operator: '3 tasks'
    });
    expect(open).toEqual([]);
  });

  it('that are open hold tasks and closed groups', () => {
    const { graph: shown, open } = shownGraph(grouped(), new Set(['outer']));
    expect(ids(shown)).toEqual(['start', 'outer.a', 'outer.inner', 'end']);
    expect(open).toEqual([{ id: 'outer', items: ['outer.a', 'outer.inner'] }]);
  });

  it('within open ones are open too', () => {
    const all = new Set(['outer', 'outer.inner']);
    const { graph: shown, open } = shownGraph(grouped(), all);
    expect(ids(shown)).toHaveLength(5);
    expect(open.map(({ id, items }) => [id, items])).toEqual([
      ['outer', ['outer.a', 'outer.inner']],
      ['outer.inner', ['outer.inner.b', 'outer.inner.c']]
    ]);
  });

  it('that are closed show the foremost state and the counts', () => {
    const states = {
      'outer.a': taskState({ state: 'success' }),
      'outer.inner.b': taskState({ state: 'failed' }),
      'outer.inner.c': taskState({ state: 'running' })
    };
    const { graph: shown } = shownGraph(grouped({ states }), new Set());
    expect(shown.states.outer).toMatchObject({
      state: 'failed',
      counts: { success: 1, failed: 1, running: 1 }
    });
    expect(shownGraph(grouped(), new Set()).graph.states).toEqual({});
  });

  it('a graph without groups stays the same object', () => {
    const plain = graph();
    expect(shownGraph(plain, new Set()).graph).toBe(plain);
  });
});

describe('the layout of open groups', () => {
  const all = new Set(['outer', 'outer.inner']);
  const { graph: shown, open } = shownGraph(grouped(), all);
  const plane = layout({
    ids: ids(shown),
    edges: shown.edges,
    groups: open
  });
  const box = (id: string) => {
    const found = plane.groups.find(each => each.id === id);
    return found ?? expect.fail(`no box ${id}`);
  };
  const inside = (task: string, id: string): boolean => {
    const at = plane.nodes.get(task) ?? expect.fail(task);
    const { x, y, width, height } = box(id);
    return (
      at.x >= x &&
      at.x + plane.nodeWidth <= x + width &&
      at.y >= y + GROUP.head &&
      at.y + NODE_HEIGHT <= y + height
    );
  };

  it('draws boxes round their tasks and round nothing else', () => {
    for (const id of ['outer.a', 'outer.inner.b', 'outer.inner.c']) {
      expect(inside(id, 'outer')).toBe(true);
      expect(inside(id, 'outer.inner')).toBe(id !== 'outer.a');
    }
    const { y, height } = box('outer');
    expect(plane.nodes.get('start')?.y).toBeLessThan(y);
    expect(plane.nodes.get('end')?.y).toBeGreaterThan(y + height);
  });

  it('leads each edge from its task to its task', () => {
    expect(plane.edges).toHaveLength(5);
    for (const { from, to, points } of plane.edges) {
      const [a, b] = [plane.nodes.get(from), plane.nodes.get(to)];
      expect(points[0].y).toBe((a?.y ?? 0) + NODE_HEIGHT);
      expect(points.at(-1)?.y).toBe(b?.y);
    }
  });
});

describe('what stands for several', () => {
  it.each([
    [{ success: 3, running: 2 }, '3 of 5 done'],
    [{ success: 3, failed: 1, none: 1 }, '4 of 5 done, 1 failed'],
    [{ success: 2, skipped: 1 }, 'all 3 done']
  ])('%o', (counts, words) => {
    expect(countsLine(counts)).toBe(words);
  });

  it('a mapped task has its number in its name', () => {
    const data = graph({
      a: taskState({ state: 'running', counts: { running: 1, success: 2 } })
    });
    data.nodes[0].is_mapped = true;
    data.edge_labels = { a: { c: 'when good' } };
    const plane = layout({ ids: ['a', 'b', 'c'], edges: data.edges });
    const scene = buildScene(data, plane, NOW);
    expect(scene.byId.get('a')).toMatchObject({
      name: 'a [3]',
      isStack: true,
      line: '2 of 3 done'
    });
    expect(scene.edges[0].text).toBe('when good');
    data.states = {};
    expect(buildScene(data, plane, NOW).byId.get('a')?.name).toBe('a [ ]');
  });

  it('the state of one of its instances is not the state of all', () => {
    const data = graph();
    data.nodes[0].is_mapped = true;
    expect(reduceGraph(data, 'sales', [taskChange({ map_index: 2 })])).toBe(
      data
    );
  });
});

describe('finding a task', () => {
  it('finds those in closed groups, and says which groups to open', () => {
    const all = grouped();
    const found = findTasks(all, ' INNER ');
    expect(found.map(task => task.task_id)).toEqual([
      'outer.inner.b',
      'outer.inner.c'
    ]);
    expect(groupsAround(all, found[0])).toEqual(['outer', 'outer.inner']);
    expect(groupsAround(all, all.nodes[0])).toEqual([]);
    expect(findTasks(all, '  ')).toEqual([]);
  });
});

it('tasks of a group that do not wait for each other stand side by side, not in a column', () => {
  const ids = ['a', 'b', 'c', 'd'].map(name => `extract.${name}`);
  const { nodes } = layout({
    ids: ['start', ...ids, 'transform.stage.a_rather_long_name'],
    edges: ids.map(id => ['start', id]),
    groups: [{ id: 'extract', items: ids }]
  });
  const tops = new Set(ids.map(id => nodes.get(id)?.y));
  expect(tops.size).toBe(1);
});
