import { useRef, useState } from 'react';

import type { DagsModel } from '../models/dags';
import { type ChipName, firstChoice, type IListing, listing } from './filter';

export interface IListingState extends IListing {
  query: string;
  setQuery: (query: string) => void;
  choose: (chip: ChipName | 'all') => void;
  /** Leave a row where it is, although it may no longer fit the chip. */
  keep: (dagId: string) => void;
}

/**
 * What the user looks for, and what is listed because of it.
 * Until something is typed, the words to look for are `owner`.
 */
export function useListing(dags: DagsModel, owner: string): IListingState {
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ChipName | 'all' | null>(null);
  const first = useRef<ChipName | 'all' | null>(null);
  const kept = useRef(new Set<string>());
  if (dags.rows.length) {
    // Fixed once known: rows do not vanish because the first DAG is switched on.
    first.current ??= firstChoice(dags.rows);
  }
  const query = typed ?? owner;
  const choice = chosen ?? first.current ?? 'all';
  return {
    ...listing(dags.rows, choice, query, kept.current),
    query,
    setQuery: text => {
      kept.current.clear();
      setTyped(text);
    },
    choose: chip => {
      kept.current.clear();
      setChosen(chip);
    },
    keep: dagId => kept.current.add(dagId)
  };
}
