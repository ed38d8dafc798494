import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { Menu } from '@lumino/widgets';

import type { MeModel } from '../models/me';
import { type IEntry, type ISubmenu, submenus } from './entries';

/** The Workflow menu, made anew whenever what the person may do changes. */
export function createWorkflowMenu(
  app: JupyterFrontEnd,
  me: MeModel,
  isUnderHub: boolean
): Menu {
  const { commands } = app;
  const menu = new MenuSvg({ commands });
  menu.id = 'jp-mainmenu-workflow';
  menu.title.label = 'Workflow';
  const fill = (): void => {
    const old = menu.items.flatMap(item => item.submenu ?? []);
    menu.clearItems();
    old.forEach(submenu => submenu.dispose());
    for (const submenu of submenus(me, isUnderHub)) {
      if (submenu) {
        const made = createSubmenu(app, submenu);
        menu.addItem({ type: 'submenu', submenu: made });
      } else {
        menu.addItem({ type: 'separator' });
      }
    }
  };
  fill();
  me.changed.connect(fill);
  return menu;
}

function createSubmenu(
  { commands }: JupyterFrontEnd,
  { label, entries }: ISubmenu
): Menu {
  const submenu = new MenuSvg({ commands });
  submenu.title.label = label;
  entries.forEach((entry: IEntry | null) =>
    submenu.addItem(
      entry ? { ...entry, type: 'command' } : { type: 'separator' }
    )
  );
  return submenu;
}
