/** Work whose end can be asked after without waiting for it. */
export function watched<T>(over: Promise<T>): { readonly over: Promise<T>; readonly isOver: () => boolean } {
  let isOver = false;
  const done = () => {
    isOver = true;
  };
  over.then(done, done);
  return { over, isOver: () => isOver };
}
