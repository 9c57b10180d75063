// Pictures to upload: print on paper as a camera would take it, and chance that packs badly.

/** A page with print on it: lines of text on paper, on a dark table. */
export async function picture(page, words, { blur = 0, width = 1500, height = 1100 } = {}) {
  const other = await page.context().newPage();
  await other.setViewportSize({ width, height });
  const lines = Array.from({ length: 18 }, (_, row) => `<p>${words} ${row} Lorem ipsum dolor sit amet 0123456789</p>`).join("");
  await other.setContent(`<body style="margin:0;background:#43382e"><div style="margin:120px 160px;padding:40px;background:#e6e0d4;filter:blur(${blur}px);font:26px monospace;height:780px;overflow:hidden">${lines}</div>`);
  const bytes = await other.screenshot({ type: "jpeg", quality: 88 });
  await other.close();
  return bytes;
}

/** A picture of chance, about a megabyte; each seed another one. */
export async function noise(page, seed = 1) {
  const other = await page.context().newPage();
  const bytes = await other.evaluate(async (start) => {
    const canvas = new OffscreenCanvas(1500, 1200);
    const pen = canvas.getContext("2d");
    const data = pen.createImageData(1500, 1200);
    let dice = start;
    for (let at = 0; at < data.data.length; at += 4) {
      for (let colour = 0; colour < 3; colour++) {
        dice = (Math.imul(dice, 1103515245) + 12345) & 0x7fffffff;
        data.data[at + colour] = 90 + ((dice >> 16) % 90);
      }
      data.data[at + 3] = 255;
    }
    pen.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, seed);
  await other.close();
  return Buffer.from(bytes);
}
