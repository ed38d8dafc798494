import { Notification } from '@jupyterlab/apputils';

import { sentence } from './api/errors';

/** Run an action of the user; what fails is told where no panel shows it. */
export async function attempt(
  action: () => Promise<unknown>
): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    Notification.error(sentence(error), { autoClose: 8000 });
    return false;
  }
}
