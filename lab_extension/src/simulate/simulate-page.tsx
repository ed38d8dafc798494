import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { backfillIcon } from '../parts/admin-icons';
import type { SimulateModel } from './simulate-model';
import { SimulateView } from './simulate-view';

/** The simulation of a DAG in the main area; it begins when it is first seen. */
export class SimulatePage extends MainAreaWidget<ReactWidget> {
  constructor(
    readonly model: SimulateModel,
    openDag: () => void
  ) {
    super({ content: new Content(model, openDag) });
    this.toolbar.hide();
    this.id = `couture-simulate-${model.dagId}`;
    this.title.label = `Simulate ${model.dagId}`;
    this.title.icon = backfillIcon;
    this.title.closable = true;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.model.start();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.model.start();
  }
}

class Content extends ReactWidget {
  constructor(
    private readonly model: SimulateModel,
    private readonly openDag: () => void
  ) {
    super();
    this.addClass('couture');
    this.addClass('couture-Page');
    this.addClass('couture-Simulate');
  }

  protected override render(): JSX.Element {
    return <SimulateView model={this.model} openDag={this.openDag} />;
  }
}
