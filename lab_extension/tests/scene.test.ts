import { describe, expect, it } from 'vitest';

import { layout } from '../src/graph/layout';
import { neighbour } from '../src/graph/neighbours';
import { buildScene, stateLine } from '../src/graph/scene';
import { fit, reveal, zoomAt } from '../src/graph/viewport';
import { graph, taskState } from './data';

const NOW = new Date('2026-11-23T02:05:00Z');

function sceneOf(
  data: ReturnType<typeof graph>
): ReturnType<typeof buildScene> {
  const ids = data.nodes.map(node => node.task_id);
  return buildScene(data, layout({ ids, edges: data.edges }), NOW);
}

describe('the second line of a task', () => {
  it.each([
    [{ state: 'success', duration: 102 }, '1 m 42 s'],
    [{ state: 'running', start_date: '2026-11-23T02:03:52Z' }, '1 m 08 s'],
    [{ state: 'failed', try_number: 3, max_tries: 2 }, 'failed, try 3 of 3'],
    [
      { state: 'up_for_retry', retry_at: '2026-11-23T02:08:00Z' },
      'retry in 3 min'
    ],
    [{ state: 'upstream_failed' }, 'upstream failed']
  ])('%o', (patch, words) => {
    expect(stateLine(taskState(patch), NOW)).toBe(words);
  });

  it('a task that waits says for how many', () => {
    const scene = sceneOf(graph({ a: taskState({ state: 'success' }) }));
    expect(scene.byId.get('c')?.line).toBe('waiting for 1');
    expect(scene.byId.get('c')?.label).toBe('c, not started');
  });

  it('without a run the operator is named', () => {
    const scene = sceneOf({ ...graph(), run: null });
    expect(scene.byId.get('a')?.line).toBe('PythonOperator');
  });

  it('only what runs or retries ticks', () => {
    expect(sceneOf(graph()).ticks).toBe(false);
    expect(sceneOf(graph({ a: taskState({ state: 'running' }) })).ticks).toBe(
      true
    );
  });
});

describe('arrow keys', () => {
  it('follow the edges and the rank', () => {
    const scene = sceneOf(graph());
    expect(neighbour(scene, 'a', 'ArrowDown')).toBe('c');
    expect(['a', 'b']).toContain(neighbour(scene, 'c', 'ArrowUp'));
    expect(neighbour(scene, 'c', 'ArrowDown')).toBeNull();
    const left =
      neighbour(scene, 'b', 'ArrowLeft') ?? neighbour(scene, 'b', 'ArrowRight');
    expect(left).toBe('a');
  });
});

describe('the viewport', () => {
  it('fits a large graph and does not blow up a small one', () => {
    const view = { width: 1000, height: 600 };
    expect(fit({ width: 100, height: 50 }, view).zoom).toBe(1);
    expect(fit({ width: 5000, height: 50 }, view).zoom).toBeLessThan(0.2);
  });

  it('zooms round the pointer', () => {
    const at = { x: 200, y: 100 };
    const before = { x: 20, y: 10, zoom: 1 };
    const after = zoomAt(before, 1.5, at);
    expect((at.x - after.x) / after.zoom).toBeCloseTo(
      (at.x - before.x) / before.zoom
    );
  });

  it('moves only as far as needed to show a task', () => {
    const size = { width: 800, height: 600 };
    const box = { width: 144, height: 40 };
    const view = { x: 0, y: 0, zoom: 1 };
    expect(reveal(view, { x: 100, y: 100 }, box, size)).toEqual(view);
    expect(reveal(view, { x: 900, y: 100 }, box, size).x).toBe(800 - 28 - 1044);
  });
});
