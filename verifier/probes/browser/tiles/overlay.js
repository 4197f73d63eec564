// Writes on every tile what was measured, for the picture in the report.
(labels) => {
  for (const { box, text, content } of labels) {
    const label = document.createElement("div");
    label.textContent = text;
    label.style.cssText =
      "position:absolute;z-index:2147483647;padding:4px 10px;border-radius:6px 0 0 0;color:#fff;" +
      `font:bold 16px/1.3 sans-serif;background:${content ? "#0b6b3a" : "#a4161a"};` +
      `top:${box.y + box.height + scrollY}px;left:${box.x + box.width + scrollX}px;transform:translate(-100%,-100%);white-space:nowrap`;
    document.documentElement.append(label);
  }
}
