/** A button with three dots that opens a menu of verbs. */
import { Menu as AriaMenu, Button, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Ends something for good; it asks before it does. */
  readonly danger?: boolean;
}

/** `label` names the button: "More about Conexor". */
export function Menu(props: {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly onAction: (id: string) => void;
}) {
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label={props.label}>
        <Icon name="more" />
      </Button>
      <Popover className="popover" placement="bottom end" offset={4}>
        <AriaMenu className="menu" aria-label={props.label} onAction={(key) => props.onAction(String(key))}>
          {props.entries.map((entry) => (
            <MenuItem
              key={entry.id}
              id={entry.id}
              className={`menu-item${entry.danger ? ' danger' : ''}`}
              textValue={entry.label}
            >
              {entry.icon ? <Icon name={entry.icon} size={16} /> : null}
              {entry.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
