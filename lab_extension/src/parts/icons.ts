import { LabIcon } from '@jupyterlab/ui-components';

const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">${body}</svg>`;

/** The sign of Workflow: side bar, tabs, launcher. */
export const flowIcon = new LabIcon({
  name: 'couture:flow',
  svgstr: svg(
    '<g class="jp-icon3" fill="#616161"><path d="M1.5 2h4.6v4.2H1.5zM9.9 2h4.6v4.2H9.9zM5.7 9.8h4.6V14H5.7z"/>' +
      '<path d="M3.2 6.2h1.2v1.1h7.2V6.2h1.2v2.3H8.6v1.3H7.4V8.5H3.2z"/></g>'
  )
});

/** A small notebook, beside the name of a notebook's DAG. */
export const notebookMarkIcon = new LabIcon({
  name: 'couture:notebook-mark',
  svgstr: svg(
    '<path class="couture-icon-line" fill="none" stroke="currentColor" stroke-width="1.3" ' +
      'd="M4 2.5h8.5v11H4ZM6.4 2.5v11M2.5 5.2h2M2.5 8h2M2.5 10.8h2M8.4 5.5h2.2"/>'
  )
});

/** Fit everything into the view. */
export const fitIcon = new LabIcon({
  name: 'couture:fit',
  svgstr: svg(
    '<path class="couture-icon-line" fill="none" stroke="currentColor" stroke-width="1.4" ' +
      'd="M6 2.5H2.5V6M10 2.5h3.5V6M6 13.5H2.5V10M10 13.5h3.5V10"/>'
  )
});

export const minusIcon = new LabIcon({
  name: 'couture:minus',
  svgstr: svg(
    '<path fill="none" stroke="currentColor" stroke-width="1.4" d="M3 8h10"/>'
  )
});

export const plusIcon = new LabIcon({
  name: 'couture:plus',
  svgstr: svg(
    '<path fill="none" stroke="currentColor" stroke-width="1.4" d="M3 8h10M8 3v10"/>'
  )
});

export const pauseIcon = new LabIcon({
  name: 'couture:pause',
  svgstr: svg(
    '<path fill="none" stroke="currentColor" stroke-width="1.8" d="M5.5 3.5v9M10.5 3.5v9"/>'
  )
});
