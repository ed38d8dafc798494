/** HTML that somebody's notebook wrote, in a frame that shares nothing with this page. */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { frameDocument } from './frame-document';

const TALLEST = 2000;

/**
 * Renders into a sandboxed frame: scripts run, but in an origin of their own,
 * without this page's cookies, storage, token or document.
 */
export class HtmlFrame extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly mimeType: string) {
    super({ node: document.createElement('iframe') });
    this.addClass('couture-HtmlFrame');
    this.frame.setAttribute('sandbox', 'allow-scripts');
    this.frame.title = 'Output';
    this.frame.style.height = '40px';
    window.addEventListener('message', this);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const data = model.data[this.mimeType];
    const text = Array.isArray(data) ? data.join('') : String(data);
    this.frame.srcdoc = frameDocument(text, themeOf(document.body));
    return Promise.resolve();
  }

  /** The frame tells how tall its content is; nothing else of what it says counts. */
  handleEvent(event: MessageEvent): void {
    const height: unknown = (event.data as { height?: unknown } | null)?.height;
    if (
      event.source === this.frame.contentWindow &&
      typeof height === 'number' &&
      Number.isFinite(height)
    ) {
      this.frame.style.height = `${Math.min(TALLEST, Math.ceil(height))}px`;
    }
  }

  override dispose(): void {
    window.removeEventListener('message', this);
    super.dispose();
  }

  private get frame(): HTMLIFrameElement {
    return this.node as HTMLIFrameElement;
  }
}

/** The renderers that replace Lab's for what a notebook wrote. */
export const FRAME_FACTORY: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: ['text/html', 'image/svg+xml'],
  defaultRank: 10,
  createRenderer: options => new HtmlFrame(options.mimeType)
};

function themeOf(element: Element): Record<string, string> {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    font: value('--jp-content-font-family'),
    size: value('--jp-content-font-size1'),
    text: value('--jp-content-font-color1'),
    page: value('--jp-layout-color1'),
    line: value('--jp-border-color1'),
    stripe: value('--jp-rendermime-table-row-background')
  };
}
