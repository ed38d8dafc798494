/** The colours of the theme, read once for the canvas and again when the theme changes. */
import { type StateName, STATES } from '../words/states';

export interface IStateColors {
  fill: string;
  text: string;
  tint: string;
}

export interface IPalette {
  page: string;
  text: string;
  secondary: string;
  border: string;
  edge: string;
  /** Between rows. */
  line: string;
  hover: string;
  selected: string;
  brand: string;
  sign: string;
  font: string;
  states: Record<StateName, IStateColors>;
}

export function readPalette(node: HTMLElement): IPalette {
  const style = getComputedStyle(node);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const states = STATES.map(state => {
    const name = `--couture-${state.replace(/_/g, '-')}`;
    const colors = {
      fill: read(`${name}-fill`),
      text: read(`${name}-text`),
      tint: read(`${name}-tint`)
    };
    return [state, colors];
  });
  return {
    page: read('--jp-layout-color1'),
    text: read('--jp-ui-font-color1'),
    secondary: read('--couture-text2'),
    border: read('--couture-edge'),
    edge: read('--couture-edge'),
    line: read('--jp-border-color2'),
    hover: read('--couture-hover'),
    selected: read('--couture-selected'),
    brand: read('--jp-brand-color1'),
    sign: read('--couture-sign'),
    font: style.fontFamily,
    states: Object.fromEntries(states) as Record<StateName, IStateColors>
  };
}
