import { LabIcon } from '@jupyterlab/ui-components';

import { stateName } from '../words/states';
import { MARKS, type Paint } from './glyphs';

const CLASSES: Record<Paint, string> = {
  fill: 'couture-mark-fill',
  line: 'couture-mark-line',
  faint: 'couture-mark-line couture-mark-faint',
  cut: 'couture-mark-cut',
  cutLine: 'couture-mark-cutLine'
};

/** The mark of a state as an icon for Lab's menus and notifications. */
export function stateIcon(state: string | null): LabIcon {
  const name = stateName(state);
  const paths = MARKS[name].map(
    ({ d, paint, dash }) =>
      `<path class="${CLASSES[paint]}" d="${d}" stroke-dasharray="${dash?.join(' ') ?? 'none'}"/>`
  );
  const kind = `couture-Mark couture-s-${name.replace(/_/g, '-')}`;
  return LabIcon.resolve({
    icon: {
      name: `couture:state-${name}`,
      svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16" class="${kind}">${paths.join('')}</svg>`
    }
  });
}
