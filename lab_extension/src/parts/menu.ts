import type { LabIcon } from '@jupyterlab/ui-components';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

export interface IMenuEntry {
  label: string;
  icon?: LabIcon;
  checked?: boolean;
  /** Why it cannot be chosen. */
  refusal?: string;
  run: () => void;
}

/** Open a menu below an element; `null` draws a line. */
export function openMenu(
  anchor: Element,
  entries: (IMenuEntry | null)[]
): void {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  menu.addClass('couture-Menu');
  entries.forEach((entry, index) => {
    if (!entry) {
      menu.addItem({ type: 'separator' });
      return;
    }
    const command = `entry-${index}`;
    commands.addCommand(command, {
      label: entry.label,
      caption: entry.refusal,
      icon: entry.icon,
      isToggled: () => entry.checked ?? false,
      isEnabled: () => !entry.refusal,
      execute: entry.run
    });
    menu.addItem({ command });
  });
  const box = anchor.getBoundingClientRect();
  menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
  menu.open(box.left, box.bottom + 2);
}
