/** Backfills, SLA misses and simulations, as the server sends them. */
import type { JSONObject } from '@lumino/coreutils';

export type Reprocess = 'none' | 'failed' | 'completed';

export interface IBackfillRequest {
  dag_id: string;
  from_date: string;
  to_date: string;
  run_backwards: boolean;
  dag_run_conf: JSONObject;
  reprocess_behavior: Reprocess;
  max_active_runs: number;
}

export interface IBackfill {
  id: number;
  dag_id: string;
  from_date: string;
  to_date: string;
  dag_run_conf: JSONObject | null;
  is_paused: boolean;
  reprocess_behavior: Reprocess;
  max_active_runs: number;
  run_backwards: boolean;
  created_at: string;
  completed_at: string | null;
  user: string | null;
  /** Its dates by the state of their run; `waiting` = not made yet, other names = left out. */
  counts: Record<string, number>;
}

/** One date of a backfill: its run, or why it has none. */
export interface IBackfillDate {
  logical_date: string;
  dag_run_id: string | null;
  state: string | null;
  left_out: string | null;
}

export interface ISlaMiss {
  id: number;
  dag_id: string;
  task_id: string;
  dag_run_id: string;
  logical_date: string;
  sla_seconds: number;
  /** When it was noticed. */
  timestamp: string;
  email_sent: boolean;
  notification_sent: boolean;
  note: string | null;
  noted_by: string | null;
}

/** By task_id, `*` for the tasks that are not named. */
export interface ISimulateRequest {
  from: string;
  to: string;
  seed?: number;
  duration?: Record<string, [number, number]>;
  fail?: Record<string, number>;
  branch?: Record<string, string[]>;
  skip?: string[];
  length?: Record<string, number>;
}

export interface ISimulatedTry {
  try_number: number;
  state: string;
  start: string;
  end: string | null;
}

export interface ISimulatedTask {
  task_id: string;
  map_index: number;
  state: string;
  reason: string | null;
  tries: ISimulatedTry[];
}

export interface ISimulatedRun {
  dag_id: string;
  run_id: string;
  run_type: string;
  logical_date: string | null;
  data_interval_end: string | null;
  run_after: string;
  start: string | null;
  end: string | null;
  state: string;
  /** Seconds from when it was due until it began. */
  waited: number;
  tasks: ISimulatedTask[];
}

export interface ISimulated {
  begin: string;
  end: string;
  /** It was too much, and ends earlier than asked. */
  is_cut: boolean;
  runs: ISimulatedRun[];
  sla_misses: { dag_id: string; run_id: string; task_id: string }[];
}
