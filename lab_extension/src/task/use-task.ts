import { useEffect, useState } from 'react';

import type { Live } from '../api/live';
import type { ITaskInstance } from '../api/types';

export interface IFollowedTask {
  task: ITaskInstance | null;
  /** Why there is none. */
  problem: string | null;
}

const NOTHING: IFollowedTask = { task: null, problem: null };

/** A task instance as the server pushes it; never that of the task shown before. */
export function useTask(
  live: Live,
  dagId: string,
  runId: string,
  taskId: string | null,
  mapIndex: number
): IFollowedTask {
  const key = JSON.stringify([dagId, runId, taskId, mapIndex]);
  const [found, setFound] = useState({ key, ...NOTHING });
  useEffect(() => {
    if (!runId || !taskId) {
      return;
    }
    const target = {
      dag_id: dagId,
      run_id: runId,
      task_id: taskId,
      map_index: mapIndex
    };
    const follower = live.followTask(target, ({ task, detail }) =>
      setFound({ key, task, problem: detail })
    );
    return () => follower.dispose();
  }, [live, dagId, runId, taskId, mapIndex, key]);
  return found.key === key ? found : NOTHING;
}
