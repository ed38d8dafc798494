/** Where an arrow key leads from a node. */
import type { IScene, ISceneNode } from './scene';

export function neighbour(
  scene: IScene,
  id: string,
  key: string
): string | null {
  const node = scene.byId.get(id);
  if (!node) {
    return null;
  }
  switch (key) {
    case 'ArrowUp':
      return nearest(node, linked(scene, 'to', id, 'from'));
    case 'ArrowDown':
      return nearest(node, linked(scene, 'from', id, 'to'));
    case 'ArrowLeft':
      return nearest(node, beside(scene, node, -1));
    case 'ArrowRight':
      return nearest(node, beside(scene, node, 1));
    default:
      return null;
  }
}

type End = 'from' | 'to';

function linked(scene: IScene, end: End, id: string, other: End): ISceneNode[] {
  return scene.edges
    .filter(edge => edge[end] === id)
    .flatMap(edge => scene.byId.get(edge[other]) ?? []);
}

function beside(scene: IScene, node: ISceneNode, side: number): ISceneNode[] {
  return scene.nodes.filter(
    other => other.y === node.y && (other.x - node.x) * side > 0
  );
}

function nearest(node: ISceneNode, others: ISceneNode[]): string | null {
  let best: ISceneNode | null = null;
  for (const other of others) {
    if (!best || Math.abs(other.x - node.x) < Math.abs(best.x - node.x)) {
      best = other;
    }
  }
  return best?.id ?? null;
}
