import { ReactWidget } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/** A widget with fields whose values it keeps itself. */
export abstract class FormWidget extends ReactWidget {
  /**
   * Draw at once: React puts a field back to its last drawn value when its
   * event ends, so a later drawing loses letters and moves the caret.
   */
  override update(): void {
    if (this.isAttached) {
      MessageLoop.sendMessage(this, Widget.Msg.UpdateRequest);
    }
  }
}
