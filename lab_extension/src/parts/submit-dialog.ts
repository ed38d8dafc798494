import { Dialog } from '@jupyterlab/apputils';
import type { ReactWidget } from '@jupyterlab/ui-components';

interface IOptions {
  title: string;
  body: ReactWidget;
  accept: string;
  /** Do the work; false keeps the dialog open, which then says why itself. */
  submit: () => Promise<boolean>;
  /** What has the focus at first; the blue button if nothing is said. */
  focus?: string;
  /** It removes something: the button is red, and Cancel comes first. */
  isDestructive?: boolean;
}

/** A dialog that closes only after its work is done. */
export class SubmitDialog extends Dialog<unknown> {
  constructor(private readonly options: IOptions) {
    super({
      title: options.title,
      body: options.body as unknown as Dialog.IBodyWidget<unknown>,
      buttons: [
        Dialog.cancelButton({ label: 'Cancel' }),
        options.isDestructive
          ? Dialog.warnButton({ label: options.accept })
          : Dialog.okButton({ label: options.accept })
      ],
      defaultButton: options.isDestructive ? 0 : 1,
      focusNodeSelector: firstFocus(options.focus)
    });
    this.addClass('couture');
    this.addClass('couture-Dialog');
  }

  override resolve(index?: number): void {
    if (index === 0) {
      super.resolve(index);
    } else if (!this._isBusy) {
      void this.submit();
    }
  }

  /** Change what the blue button says, and whether it can be pressed. */
  setAccept(text: string, enabled: boolean): void {
    const button = this.node.querySelector<HTMLButtonElement>(
      '.jp-Dialog-footer .jp-mod-accept'
    );
    const label = button?.querySelector('.jp-Dialog-buttonLabel');
    if (button && label) {
      label.textContent = text;
      button.setAttribute('aria-label', text);
      button.disabled = !enabled;
    }
  }

  private async submit(): Promise<void> {
    this._isBusy = true;
    try {
      if (await this.options.submit()) {
        super.resolve(1);
      }
    } finally {
      this._isBusy = false;
    }
  }

  private _isBusy = false;
}

/**
 * Lab moves the focus once the body is drawn: what somebody types by then
 * into another field must not go on in the first one.
 */
function firstFocus(wanted?: string): string {
  const body = '.jp-Dialog-body';
  const theirs = `${body}:has(:focus) :focus`;
  return wanted
    ? `${theirs}, ${body}:not(:has(:focus)) :is(${wanted})`
    : theirs;
}
