/** Whether a page lies on this computer, where no other device can open it. */

export function isOnThisComputer(address: string): boolean {
  return (
    URL.canParse(address) && /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(address).hostname)
  );
}
