/** The system's notifications. A click brings the window up at the very item; where there are none, nothing is lost. */
import { Notification } from 'electron';
import type { Log } from '../core/platform.ts';
import type { Notice } from './notices.ts';

export interface Notifications {
  show(notice: Notice): void;
}

export function createNotifications(openPage: (page: Notice['page']) => void, log: Log): Notifications {
  // One that is collected loses its click.
  const shown = new Set<Notification>();
  return {
    show({ title, body, page }) {
      if (!Notification.isSupported()) return;
      const notification = new Notification({ title, body });
      const forget = () => shown.delete(notification);
      shown.add(notification);
      notification.once('click', () => {
        forget();
        openPage(page);
      });
      notification.once('close', forget);
      notification.once('failed', (_, reason) => {
        forget();
        log('info', 'a notification could not be shown', { reason });
      });
      notification.show();
    },
  };
}
