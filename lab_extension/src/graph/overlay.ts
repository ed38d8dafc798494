/** Invisible buttons over the nodes in view: focus, tooltips, screen readers, tests. */
import { GROUP, type IPoint, NODE_HEIGHT } from './layout';
import type { IBox } from './pack';
import type { IScene, ISceneNode } from './scene';
import type { IViewport } from './viewport';

const MOST_BUTTONS = 400;

export class Overlay {
  readonly node = document.createElement('div');

  constructor() {
    this.node.className = 'couture-Graph-overlay';
  }

  /** Show buttons for these nodes and open groups; Tab reaches the selected one, else the first. */
  update(
    nodes: ISceneNode[],
    scene: IScene,
    view: IViewport,
    selected: string | null
  ): void {
    this.node.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
    const shown = nodes.slice(0, MOST_BUTTONS);
    this.removeOthers(
      new Set([...shown, ...scene.groups].map(each => each.id))
    );
    const stop = shown.find(node => node.id === selected) ?? shown[0];
    for (const node of shown) {
      const button = this.button(node);
      place(button, node, { width: scene.nodeWidth, height: NODE_HEIGHT });
      name(button, node.label, `${node.label}\n${node.line}`);
      setExpanded(button, node.isGroup ? 'false' : null);
      button.tabIndex = node === stop ? 0 : -1;
      button.setAttribute('aria-pressed', String(node.id === selected));
    }
    for (const group of scene.groups) {
      const button = this.button(group);
      place(button, group, { width: group.width, height: GROUP.head });
      name(button, group.label, `Close the group ${group.id}`);
      setExpanded(button, 'true');
      button.tabIndex = -1;
      button.removeAttribute('aria-pressed');
    }
  }

  /** Nothing to press: the graph is too small for it. */
  clear(): void {
    this.removeOthers(new Set());
  }

  focus(id: string): void {
    this._buttons.get(id)?.focus({ preventScroll: true });
  }

  private button(node: { id: string }): HTMLButtonElement {
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

function place(button: HTMLButtonElement, at: IPoint, size: IBox): void {
  button.style.left = `${at.x}px`;
  button.style.top = `${at.y}px`;
  button.style.width = `${size.width}px`;
  button.style.height = `${size.height}px`;
}

function name(button: HTMLButtonElement, label: string, title: string): void {
  if (button.getAttribute('aria-label') !== label) {
    button.setAttribute('aria-label', label);
  }
  if (button.title !== title) {
    button.title = title;
  }
}

function setExpanded(button: HTMLButtonElement, value: string | null): void {
  if (value === null) {
    button.removeAttribute('aria-expanded');
  } else if (button.getAttribute('aria-expanded') !== value) {
    button.setAttribute('aria-expanded', value);
  }
}
