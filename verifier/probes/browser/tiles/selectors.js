// The first of the selectors and patterns that this browser cannot read, in words; nothing if it can read all.
({ selectors, patterns }) => {
  const unreadable = (each, read) => {
    try {
      read(each);
      return false;
    } catch {
      return true;
    }
  };
  const selector = selectors.find((each) => unreadable(each, (css) => document.querySelector(css)));
  if (selector !== undefined) return `'${selector}' is no CSS selector`;
  const pattern = patterns.find((each) => unreadable(each, (text) => RegExp(text, "u")));
  return pattern === undefined ? "" : `'${pattern}' is no regular expression of JavaScript`;
}
