/**
 * Loaded by Electron before the app: the app is not told that it may open its window before the driver is there. A window
 * that opens while the driver attaches may be lost to it, and the driver then waits in vain. Lets go as soon as the driver
 * says so, which may be before this file is loaded.
 */
const { app } = require('electron');

const whenReady = app.whenReady();
const driverIsThere = new Promise((resolve) => {
  if (Reflect.get(globalThis, 'driverIsThere')) resolve(undefined);
  else Reflect.set(globalThis, 'letGo', () => resolve(undefined));
});
app.whenReady = () => driverIsThere.then(() => whenReady);
