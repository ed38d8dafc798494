import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface IProps {
  title: string;
  /** What the list is ordered by; '' = this column cannot order it. */
  column: string;
  /** The present order; a minus in front turns it round. */
  order: string;
  onOrder: (column: string) => void;
}

/** The head of a column; a click orders the list by it. */
export function SortHeader(props: IProps): JSX.Element {
  const { title, column, order, onOrder } = props;
  if (!column) {
    return <th>{title}</th>;
  }
  const isUp = order === column;
  const isDown = order === `-${column}`;
  const sort = isUp ? 'ascending' : isDown ? 'descending' : 'none';
  const Icon = isDown ? caretDownIcon : caretUpIcon;
  return (
    <th aria-sort={sort}>
      <button
        type="button"
        className="couture-SortHeader"
        onClick={() => onOrder(column)}
      >
        {title}
        {(isUp || isDown) && (
          <Icon.react tag="span" width="14px" height="14px" />
        )}
      </button>
    </th>
  );
}
