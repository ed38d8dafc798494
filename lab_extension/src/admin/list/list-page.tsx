import { addIcon, refreshIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Skeleton } from '../../panel/empty-list';
import { Button, IconButton, Link, SearchBox } from '../../parts/controls';
import { useSignal } from '../../parts/hooks';
import { Pager } from '../../parts/pager';
import { SortHeader } from '../../parts/sort-header';
import { type ListModel, PAGE_SIZE } from './list-model';

export interface IColumn {
  /** What the server orders by; '' = it cannot. */
  column: string;
  title: string;
}

interface IProps<T> {
  model: ListModel<T>;
  title: string;
  /** What is listed: one, several. */
  noun: [string, string];
  placeholder: string;
  columns: IColumn[];
  /** What to do where there is nothing yet. */
  empty: string;
  /** What the blue button does; left out for those who may not. */
  add?: { text: string; run: () => void };
  /** Further buttons of the header. */
  tools?: React.ReactNode;
  row: (row: T) => JSX.Element;
}

/** A page that is one list: header with filter and buttons, table, pager. */
export function ListPage<T>(props: IProps<T>): JSX.Element {
  const { model, title, noun, placeholder, add, tools } = props;
  useSignal(model.changed);
  return (
    <>
      <header className="couture-Header">
        <h1>{title}</h1>
        <span className="couture-Header-count">{model.total}</span>
        <span className="couture-Header-space" />
        <span className="couture-Header-search">
          <SearchBox
            value={model.search}
            placeholder={placeholder}
            icon={searchIcon}
            onChange={text => model.setSearch(text)}
          />
        </span>
        <IconButton
          icon={refreshIcon}
          label="Read again"
          onClick={() => void model.refresh()}
        />
        {tools}
        {add && (
          <Button
            text={add.text}
            kind="primary"
            icon={addIcon}
            onClick={add.run}
          />
        )}
      </header>
      {model.error && (
        <p className="couture-Problem" role="alert">
          {model.error}
        </p>
      )}
      <div className="couture-Admin-body">
        {model.isLoaded ? <Rows {...props} /> : <Skeleton />}
      </div>
      <Pager
        total={model.total}
        offset={model.offset}
        size={PAGE_SIZE}
        noun={noun}
        onMove={offset => model.setOffset(offset)}
      />
    </>
  );
}

function Rows<T>(props: IProps<T>): JSX.Element | null {
  const { model, columns, row } = props;
  if (!model.rows.length) {
    return model.error ? null : <Empty {...props} />;
  }
  return (
    <table className="couture-Table couture-Rows">
      <thead>
        <tr>
          {columns.map(({ column, title }) => (
            <SortHeader
              key={title}
              title={title}
              column={column}
              order={model.order}
              onOrder={name => model.orderBy(name)}
            />
          ))}
          <th aria-label="Actions" />
        </tr>
      </thead>
      <tbody>{model.rows.map(row)}</tbody>
    </table>
  );
}

function Empty<T>({ model, noun, empty, add }: IProps<T>): JSX.Element {
  if (model.search) {
    return (
      <div className="couture-Empty">
        <p>
          No {noun[0]} matches “{model.search}”.
        </p>
        <Link text="Clear the filter" onClick={() => model.setSearch('')} />
      </div>
    );
  }
  return (
    <div className="couture-Empty">
      <p>{empty}</p>
      {add && <Link text={add.text} onClick={add.run} />}
    </div>
  );
}
