/** The small controls that every panel reuses. */
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface ISwitchProps {
  checked: boolean;
  label: string;
  disabled?: boolean;
  tabIndex?: number;
  onChange: (checked: boolean) => void;
}

/** A switch; what it switches is in `label`, the state it is in is announced by its role. */
export function Switch(props: ISwitchProps): JSX.Element {
  const { checked, label, disabled, tabIndex, onChange } = props;
  const toggle = (event: React.MouseEvent): void => {
    event.stopPropagation();
    onChange(!checked);
  };
  return (
    <button
      type="button"
      role="switch"
      className="couture-Switch"
      aria-checked={checked}
      aria-label={label}
      title={label}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={toggle}
    />
  );
}

interface IChipProps {
  text: string;
  pressed: boolean;
  count?: number;
  onClick: () => void;
}

/** A round toggle, with a count where one helps to choose. */
export function Chip({
  text,
  pressed,
  count,
  onClick
}: IChipProps): JSX.Element {
  return (
    <button
      type="button"
      className="couture-Chip"
      aria-pressed={pressed}
      onClick={onClick}
    >
      {text}
      {count !== undefined && (
        <span className="couture-Chip-count"> {count}</span>
      )}
    </button>
  );
}

interface IIconButtonProps {
  icon: LabIcon;
  label: string;
  tabIndex?: number;
  disabled?: boolean;
  pressed?: boolean;
  onClick: (event: React.MouseEvent) => void;
}

/** An icon that acts; its name is its tooltip and its label. */
export function IconButton(props: IIconButtonProps): JSX.Element {
  const { icon, label, tabIndex, disabled, pressed, onClick } = props;
  return (
    <button
      type="button"
      className="couture-IconButton"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      tabIndex={tabIndex}
      disabled={disabled}
      onClick={onClick}
    >
      <icon.react tag="span" height="16px" width="16px" />
    </button>
  );
}

interface IButtonProps {
  text: string;
  icon?: LabIcon;
  kind?: 'primary' | 'plain' | 'danger';
  title?: string;
  disabled?: boolean;
  onClick: () => void;
}

/** A button with a verb on it. */
export function Button(props: IButtonProps): JSX.Element {
  const { text, icon: Icon, kind = 'plain', title, disabled, onClick } = props;
  return (
    <button
      type="button"
      className={`couture-Button couture-mod-${kind}`}
      title={title}
      disabled={disabled}
      onClick={onClick}
    >
      {Icon && <Icon.react tag="span" height="14px" width="14px" />}
      {text}
    </button>
  );
}

/** An inline action that looks like a link. */
export function Link(props: {
  text: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" className="couture-Link" onClick={props.onClick}>
      {props.text}
    </button>
  );
}

interface ISearchBoxProps {
  value: string;
  placeholder: string;
  icon: LabIcon;
  hint?: string;
  onChange: (value: string) => void;
  onKeyDown?: (event: React.KeyboardEvent<HTMLInputElement>) => void;
}

/** A field that filters or finds as one types. */
export function SearchBox(props: ISearchBoxProps): JSX.Element {
  const { value, placeholder, icon, hint, onChange, onKeyDown } = props;
  return (
    <label className="couture-Search">
      <icon.react tag="span" height="14px" width="14px" />
      <input
        type="text"
        value={value}
        placeholder={placeholder}
        aria-label={placeholder}
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {hint && !value && <kbd aria-hidden>{hint}</kbd>}
    </label>
  );
}
