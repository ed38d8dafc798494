import { Dialog, showDialog } from '@jupyterlab/apputils';

import { attempt } from '../../notify';

/** Ask, saying what follows, and delete; Cancel comes first. */
export async function askDeletion(
  what: string,
  effect: string,
  remove: () => Promise<unknown>
): Promise<void> {
  const answer = await showDialog({
    title: `Delete ${what}?`,
    body: effect,
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: `Delete ${what}` })
    ],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await attempt(remove);
  }
}
