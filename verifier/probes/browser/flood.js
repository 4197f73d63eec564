// Keeps a page from flooding the driver and the run: of each document, so many messages and errors reach the browser,
// and then `mark`, which says that there were more.
(most, mark) => {
  const write = console.debug;
  const silent = () => {};
  let told = 0;
  const over = () => {
    told += 1;
    if (told === most + 1) write.call(console, mark);
    return told > most;
  };
  // Getters instead of wrappers: what the page calls is the browser's own, so a message has the page's line.
  for (const name of ["debug", "dir", "dirxml", "error", "info", "log", "table", "trace", "warn"]) {
    let current = console[name];
    Object.defineProperty(console, name, {
      configurable: true,
      enumerable: true,
      get: () => (over() ? silent : current),
      set: (other) => {
        current = other;
      },
    });
  }
  // A handled error is not told. Capturing, the event of an image or script that did not load comes here as well.
  const handle = (event) => {
    if (event.target === window && over()) event.preventDefault();
  };
  for (const name of ["error", "unhandledrejection"]) addEventListener(name, handle, { capture: true });
}
