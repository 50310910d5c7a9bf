// Pictures of few colours, as small PNG files: 256 colours are enough for an interface.
import { deflateSync } from 'node:zlib';

/** Runs in a page: the picture's most frequent 256 colours, and which of them each pixel is nearest to. */
async function index(png) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => colour);
  const parts = (colour) => [colour & 255, colour >> 8 & 255, colour >> 16 & 255];
  const known = new Map();
  for (const colour of counts.keys()) {
    const [r, g, b] = parts(colour);
    let best = 0, least = Infinity;
    for (let place = 0; place < palette.length; place += 1) {
      const [R, G, B] = parts(palette[place]);
      const off = (r - R) ** 2 + (g - G) ** 2 + (b - B) ** 2;
      if (off < least) [best, least] = [place, off];
    }
    known.set(colour, best);
  }
  // A row of a PNG begins with its filter; 0 is none, which is best for a palette.
  const bytes = new Uint8Array((image.width + 1) * image.height);
  for (let at = 0; at < pixels.length; at += 1) bytes[at + Math.floor(at / image.width) + 1] = known.get(pixels[at]);
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([bytes]));
  });
  return { width: image.width, height: image.height, palette: palette.flatMap(parts), rows: url.slice(url.indexOf(',') + 1) };
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ c >>> 1 : c >>> 1;
  return c >>> 0;
});

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ crc >>> 8;
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

/** The same picture in 256 colours. */
export async function fewColours(page, png) {
  const { width, height, palette, rows } = await page.evaluate(index, png.toString('base64'));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits a pixel, of a palette.
  head.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(Buffer.from(rows, 'base64'), { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}
