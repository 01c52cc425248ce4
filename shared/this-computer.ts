/** Whether a page lies on this computer, where no other device can open it. */

export function isOnThisComputer(address: string): boolean {
  return URL.canParse(address) && /^(localhost|127\.|\[::1\])/.test(new URL(address).hostname);
}
