import { Dialog, MainAreaWidget, showDialog } from '@jupyterlab/apputils';
import { type LabIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type * as React from 'react';

import type { IDagArgs } from '../models/dag';
import type { AdminKind } from './kinds';
import type { IUnsaved } from './unsaved';

/** Opens a DAG's page, at a run and a task where they are named. */
export type OpenRun = (args: IDagArgs) => void;

export interface IAdminContent {
  element: React.ReactElement;
  /** Given where there is something to save. */
  model?: IUnsaved;
}

interface IOptions extends IAdminContent {
  kind: AdminKind;
  title: string;
  icon: LabIcon;
}

/** A page of the Workflow menu in the main area; closing one with unsaved changes asks. */
export class AdminPage extends MainAreaWidget<ReactWidget> {
  constructor(options: IOptions) {
    super({ content: new Content(options.element) });
    this.toolbar.hide();
    this.kind = options.kind;
    this.model = options.model;
    this.id = `couture-${options.kind}`;
    this.title.label = options.title;
    this.title.icon = options.icon;
    this.title.closable = true;
    this.model?.changed.connect(this.mark, this);
  }

  readonly kind: AdminKind;

  /** Read afresh: the page is asked for again. */
  refresh(): void {
    void this.model?.refresh();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model?.dispose();
      super.dispose();
    }
  }

  protected override onCloseRequest(message: Message): void {
    if (this.model?.isDirty) {
      void this.askAndClose();
    } else {
      super.onCloseRequest(message);
    }
  }

  private async askAndClose(): Promise<void> {
    const answer = await showDialog({
      title: `Close ${this.title.label} without saving?`,
      body: 'What you changed here is not saved and would be lost.',
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: 'Discard the changes' })
      ]
    });
    if (answer.button.accept) {
      this.dispose();
    }
  }

  private mark(): void {
    this.title.className = this.model?.isDirty ? 'jp-mod-dirty' : '';
  }

  private readonly model: IUnsaved | undefined;
}

class Content extends ReactWidget {
  constructor(private readonly element: React.ReactElement) {
    super();
    this.addClass('couture');
    this.addClass('couture-Page');
    this.addClass('couture-Admin');
  }

  protected override render(): React.ReactElement {
    return this.element;
  }
}
