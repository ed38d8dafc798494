import { copyIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ILogTarget } from '../api/types';
import { Button, IconButton, SearchBox } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import type { Live } from '../api/live';
import { count } from '../words/time';
import type { LogEditor } from './log-editor';
import { type LogFilter, LogLines, logSummary } from './log-lines';

interface IProps {
  live: Live;
  target: Omit<ILogTarget, 'try_number'>;
  tryNumber: number;
  lastTry: number;
  onTry: (n: number) => void;
  /** Words for the right end of the foot. */
  foot: string;
}

interface ILogState {
  lines: LogLines;
  editor: LogEditor | null;
  filter: LogFilter;
}

/** The log of one try, followed while it grows. */
export function LogTab(props: IProps): JSX.Element {
  const { live, target, tryNumber, lastTry, onTry, foot } = props;
  useSignal(live.stateChanged);
  const host = React.useRef<HTMLDivElement>(null);
  const log = useFollowedLog(host, live, target, tryNumber);
  const [query, setQuery] = React.useState('');
  const [hits, setHits] = React.useState(0);
  const [filter, setFilter] = React.useState<LogFilter>('all');
  const search = (words: string, step: 0 | 1 | -1): void => {
    setQuery(words);
    setHits(log.current.editor?.search(words, step) ?? 0);
  };
  const pickFilter = (picked: LogFilter): void => {
    setFilter(picked);
    log.current.filter = picked;
    log.current.editor?.reset(log.current.lines.lines, picked);
  };
  return (
    <div className="couture-Log" role="tabpanel" aria-label="Log">
      <div className="couture-Toolbar couture-mod-small">
        <Tries {...{ tryNumber, lastTry, onTry }} />
        <SearchBox
          value={query}
          placeholder="Search log"
          icon={searchIcon}
          onChange={words => search(words, 0)}
          onKeyDown={event =>
            event.key === 'Enter' && search(query, event.shiftKey ? -1 : 1)
          }
        />
        {query && (
          <span className="couture-Secondary">
            {hits ? count(hits, 'hit') : 'no hit'}
          </span>
        )}
        <select
          aria-label="Levels"
          value={filter}
          onChange={event => pickFilter(event.target.value as LogFilter)}
        >
          <option value="all">All levels</option>
          <option value="warn">Warnings</option>
          <option value="error">Errors</option>
        </select>
        <IconButton
          icon={copyIcon}
          label="Copy log"
          onClick={() =>
            void navigator.clipboard.writeText(log.current.editor?.text ?? '')
          }
        />
      </div>
      <div className="couture-Log-host">
        <div ref={host} className="couture-Log-editor" />
        {log.news > 0 && (
          <span className="couture-Log-news">
            <Button
              text={count(log.news, 'new line')}
              kind="primary"
              onClick={() => log.current.editor?.toEnd()}
            />
          </span>
        )}
        {log.isEmpty && (
          <p className="couture-Log-empty">
            {live.state === 'away'
              ? 'No answer from the workflow service.'
              : log.emptyWords}
          </p>
        )}
      </div>
      <footer className="couture-Foot">
        <span>
          {log.isOpen ? 'Following, ' : ''}
          {logSummary(
            log.current.lines.lines.length,
            log.current.lines.errors,
            log.current.lines.warnings
          )}
        </span>
        <span>{foot}</span>
      </footer>
    </div>
  );
}

interface IFollowed {
  current: ILogState;
  news: number;
  isOpen: boolean;
  isEmpty: boolean;
  emptyWords: string;
}

function useFollowedLog(
  host: React.RefObject<HTMLDivElement>,
  live: Live,
  target: Omit<ILogTarget, 'try_number'>,
  tryNumber: number
): IFollowed {
  const log = React.useRef<ILogState>({
    lines: new LogLines(),
    editor: null,
    filter: 'all'
  });
  const [news, setNews] = React.useState(0);
  const [ended, setEnded] = React.useState<boolean | null>(null);
  const [, render] = React.useReducer((n: number) => n + 1, 0);
  const { dag_id, run_id, task_id, map_index } = target;
  React.useEffect(() => {
    const state = log.current;
    const node = host.current;
    let follower: { dispose: () => void } | null = null;
    let current = true;
    state.lines.clear();
    setEnded(null);
    setNews(0);
    void import('./log-editor').then(({ LogEditor: Editor }) => {
      if (!node || !current) {
        return;
      }
      const editor = new Editor(node, { onEnd: (_, fresh) => setNews(fresh) });
      state.editor = editor;
      const restart = (): void => {
        state.lines.clear();
        editor.reset([], state.filter);
      };
      follower = live.followLog(
        { dag_id, run_id, task_id, map_index, try_number: tryNumber },
        message => {
          editor.append(state.lines.feed(message.text));
          if (message.end) {
            editor.append(state.lines.finish());
          }
          setEnded(message.end);
          render();
        },
        restart
      );
    });
    return () => {
      current = false;
      follower?.dispose();
      state.editor?.destroy();
      state.editor = null;
    };
  }, [host, live, dag_id, run_id, task_id, map_index, tryNumber]);
  return {
    current: log.current,
    news,
    isOpen: ended === false,
    isEmpty:
      log.current.lines.lines.length === 0 &&
      (ended !== null || live.state === 'away'),
    emptyWords: ended ? 'This try wrote nothing.' : 'Nothing is written yet.'
  };
}

interface ITriesProps {
  tryNumber: number;
  lastTry: number;
  onTry: (n: number) => void;
}

function Tries({ tryNumber, lastTry, onTry }: ITriesProps): JSX.Element {
  const numbers = Array.from({ length: lastTry }, (_, i) => i + 1).slice(-5);
  return (
    <span className="couture-TryPicker" role="group" aria-label="Try">
      Try
      {numbers.map(n => (
        <button
          key={n}
          type="button"
          className="couture-Chip"
          aria-label={`Try ${n}`}
          aria-pressed={n === tryNumber}
          onClick={() => onTry(n)}
        >
          {n}
        </button>
      ))}
    </span>
  );
}
