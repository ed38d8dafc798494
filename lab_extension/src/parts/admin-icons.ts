/** Signs of the pages in the Workflow menu, in one weight. */
import { LabIcon } from '@jupyterlab/ui-components';

function line(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `couture:${name}`,
    svgstr:
      '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">' +
      '<path class="couture-icon-line" fill="none" stroke="currentColor" stroke-width="1.3" ' +
      `stroke-linecap="round" stroke-linejoin="round" d="${path}"/></svg>`
  });
}

export const shieldIcon = line(
  'shield',
  'M8 1.8 13.2 3.6V7.8C13.2 11 11 13.2 8 14.4C5 13.2 2.8 11 2.8 7.8V3.6Z'
);

export const peopleIcon = line(
  'people',
  'M6 2.6a2.5 2.5 0 1 1 0 5a2.5 2.5 0 0 1 0-5ZM1.6 13.4C1.6 10.8 3.5 9.4 6 9.4S10.4 10.8 10.4 13.4' +
    'M10.6 2.9a2.3 2.3 0 0 1 0 4.5M12 9.8C13.5 10.4 14.4 11.6 14.4 13.4'
);

export const directoryIcon = line(
  'directory',
  'M6.2 1.8h3.6v3H6.2ZM1.8 11.2h3.6v3H1.8ZM10.6 11.2h3.6v3H10.6ZM8 4.8V8M3.6 11.2V8h8.8v3.2'
);

export const auditIcon = line(
  'audit',
  'M3 1.8h7.4L13 4.4v9.8H3ZM10.2 1.8v2.8H13M5.4 7.2h5.2M5.4 9.6h5.2M5.4 12h3.2'
);

export const dagFilesIcon = line(
  'dag-files',
  'M1.8 3.4h4.4l1.3 1.6h6.7v8.4H1.8ZM4.6 7.2h2.6v2H4.6ZM9.2 9.2h2.6v2H9.2ZM7.2 8.2h1.2c.8 0 .8 2 1.6 2'
);

export const plugIcon = line(
  'plug',
  'M5.6 1.8v3.4M10.4 1.8v3.4M3.8 5.2h8.4v2.2c0 2.4-1.6 4-4.2 4s-4.2-1.6-4.2-4ZM8 11.4v2.8'
);

export const poolIcon = line(
  'pool',
  'M2.2 3h11.6v3H2.2ZM2.2 6.5h11.6v3H2.2ZM2.2 10h11.6v3H2.2ZM5 3v3M5 6.5v3M5 10v3'
);

export const variableIcon = line(
  'variable',
  'M4.6 2.4C3 4 2.2 5.8 2.2 8s.8 4 2.4 5.6M11.4 2.4C13 4 13.8 5.8 13.8 8s-.8 4-2.4 5.6M6 5.8l4 4.4M10 5.8l-4 4.4'
);

export const settingsIcon = line(
  'configurations',
  'M2.2 4.4h6.4M12 4.4h1.8M10.3 2.7v3.4M2.2 8h2M7.6 8h6.2M5.9 6.3v3.4M2.2 11.6h6.4M12 11.6h1.8M10.3 9.9v3.4'
);

export const backfillIcon = line(
  'backfill',
  'M2.2 8a5.8 5.8 0 1 0 1.9-4.3M1.9 2.2V5.6H5.3M8 4.8V8.2L10.3 9.6'
);

export const lateIcon = line(
  'late',
  'M8 3.4a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 3.4ZM8 6V9L10 10.4M6.4 1.4h3.2M12.6 3.4l1 1'
);
