/** The dates below the chart: as many as there is room for. Pure. */
import { shortDay } from '../words/time';
import type { ITreeColumn } from './tree';

export interface IDateLabel {
  column: number;
  text: string;
}

const ROOM = 52;

export function dateLabels(
  columns: readonly ITreeColumn[],
  pitch: number
): IDateLabel[] {
  const labels: IDateLabel[] = [];
  let free = 0;
  let lastDay = '';
  columns.forEach(({ run }, column) => {
    const at = new Date(run.run_after);
    const day = shortDay(at);
    if (column * pitch >= free && day !== lastDay) {
      labels.push({ column, text: day });
      free = column * pitch + ROOM;
      lastDay = day;
    }
  });
  return labels;
}
