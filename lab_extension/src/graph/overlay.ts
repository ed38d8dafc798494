/** Invisible buttons over the nodes in view: focus, tooltips, screen readers, tests. */
import { NODE_HEIGHT } from './layout';
import type { IScene, ISceneNode } from './scene';
import type { IViewport } from './viewport';

const MOST_BUTTONS = 400;

export class Overlay {
  readonly node = document.createElement('div');

  constructor() {
    this.node.className = 'couture-Graph-overlay';
  }

  /** Show buttons for these nodes; Tab reaches the selected one, else the first. */
  update(
    nodes: ISceneNode[],
    scene: IScene,
    view: IViewport,
    selected: string | null
  ): void {
    this.node.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
    const shown = nodes.slice(0, MOST_BUTTONS);
    this.removeOthers(new Set(shown.map(node => node.id)));
    const stop = shown.find(node => node.id === selected) ?? shown[0];
    for (const node of shown) {
      const button = this.button(node);
      place(button, node, scene.nodeWidth);
      button.tabIndex = node === stop ? 0 : -1;
      button.setAttribute('aria-pressed', String(node.id === selected));
    }
  }

  /** Nothing to press: the graph is too small for it. */
  clear(): void {
    this.removeOthers(new Set());
  }

  focus(id: string): void {
    this._buttons.get(id)?.focus({ preventScroll: true });
  }

  private button(node: ISceneNode): HTMLButtonElement {
    let button = this._buttons.get(node.id);
    if (!button) {
      button = document.createElement('button');
      button.type = 'button';
      button.dataset.task = node.id;
      this._buttons.set(node.id, button);
      this.node.append(button);
    }
    return button;
  }

  private removeOthers(kept: Set<string>): void {
    for (const [id, button] of this._buttons) {
      if (!kept.has(id)) {
        button.remove();
        this._buttons.delete(id);
      }
    }
  }

  private readonly _buttons = new Map<string, HTMLButtonElement>();
}

function place(
  button: HTMLButtonElement,
  node: ISceneNode,
  width: number
): void {
  button.style.left = `${node.x}px`;
  button.style.top = `${node.y}px`;
  button.style.width = `${width}px`;
  button.style.height = `${NODE_HEIGHT}px`;
  if (button.getAttribute('aria-label') !== node.label) {
    button.setAttribute('aria-label', node.label);
  }
  const title = `${node.label}\n${node.line}`;
  if (button.title !== title) {
    button.title = title;
  }
}
