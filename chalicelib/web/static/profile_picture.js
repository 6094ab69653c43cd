// One's own picture, in the settings: what a phone takes is larger than the form may be, so it is cut and made small here first.
import { find } from './page.js';

const SIDE = 512;

/**
 * Shows what is chosen in the avatar beside the field, and puts it, cut, in the place of the file. What this browser can't read
 * stays as it is: the server says what is wrong with it.
 */
export function startPicture() {
  const input = find('#f-picture', HTMLInputElement);
  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    const square = await cut(file).catch(() => null);
    if (!square || input.files?.[0] !== file) return;
    const chosen = new DataTransfer();
    chosen.items.add(new File([square.blob], file.name, { type: square.blob.type }));
    input.files = chosen.files;
    show(square.url);
  });
}

/** @param {string} url */
function show(url) {
  const avatar = find('#picture .avatar');
  avatar.querySelector('img')?.remove();
  avatar.append(Object.assign(new Image(36, 36), { alt: '', src: url }));
}

/** @param {File} file */
async function cut(file) {
  const image = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const { left, top, side } = middle(image.width, image.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(SIDE, side);
  const paper = canvas.getContext('2d');
  if (!paper) throw new Error('no canvas');
  paper.fillStyle = 'white'; // a JPEG has nothing to see through
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, left, top, side, side, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.9); });
  if (!(blob instanceof Blob)) throw new Error('no picture');
  return { blob, url: canvas.toDataURL('image/jpeg', 0.9) };
}

/**
 * The square in the middle, as the server cuts it.
 * @param {number} width
 * @param {number} height
 */
export function middle(width, height) {
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}
