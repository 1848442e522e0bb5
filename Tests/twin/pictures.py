"""Pictures on the device, and crops sampled from them the way `CropSampler` does."""

import torch
import torch.nn.functional as F


class Pictures:
    """All pictures, each stored as box means of 1×1, 2×2, 3×3, … pixels ("levels"), without padding.

    A cell is one int32: Y − 2048 in the upper 12 bits (in sixteenths of a level), then Cb and Cr with 10 bits each (in
    quarters of a level, 512 is neutral). All cells lie in one flat tensor; `offset[level, picture]` says where.
    """

    def __init__(self, arrays, device, largest_factor=16, chunk=32):
        """`arrays`: uint8 [H, W, 3] arrays of full-range Y, Cb, Cr. A crop that shrinks a picture by more than
        `largest_factor` is sampled from that level."""
        self.device = torch.device(device)
        self.largest_factor = largest_factor
        sizes = torch.tensor([a.shape[:2] for a in arrays], dtype=torch.long)
        factors = torch.arange(1, largest_factor + 1).view(-1, 1)
        heights, widths = (-(-sizes[:, axis] // factors) for axis in (0, 1))  # rounded up
        # Stored chunk by chunk, within a chunk level by level.
        offset, total = torch.zeros_like(heights), 0
        for first in range(0, len(arrays), chunk):
            for level in range(largest_factor):
                cells = (heights * widths)[level, first : first + chunk]
                offset[level, first : first + chunk] = total + cells.cumsum(0) - cells
                total += int(cells.sum())
        self.cells = torch.empty(total, dtype=torch.int32, device=self.device)
        filled = 0
        for first in range(0, len(arrays), chunk):
            for piece in self._levels(arrays[first : first + chunk]):
                self.cells[filled : filled + len(piece)] = piece
                filled += len(piece)
        self.offset = offset.to(self.device)
        self.cell_height, self.cell_width = heights.to(self.device), widths.to(self.device)
        self.height, self.width = (sizes[:, axis].float().to(self.device) for axis in (0, 1))

    def __len__(self):
        return len(self.height)

    def _levels(self, arrays):
        """Yields the packed cells of these pictures for each level, picture after picture."""
        height, width = (max(a.shape[axis] for a in arrays) for axis in (0, 1))
        # Black and neutral outside: all zero. Boxes that cross the edge are averaged with it, as in the Swift sampler.
        padded = torch.zeros(len(arrays), 3, height, width, dtype=torch.int32, device=self.device)
        for k, array in enumerate(arrays):
            values = torch.as_tensor(array).to(self.device).permute(2, 0, 1).int()
            values[1:] -= 128
            padded[k, :, : array.shape[0], : array.shape[1]] = values
        # Sums of all pixels above and left of each corner of pixels.
        corners = F.pad(padded.cumsum(2, dtype=torch.int32).cumsum(3, dtype=torch.int32), (1, 0, 1, 0))
        for factor in range(1, self.largest_factor + 1):
            rows, columns = (
                torch.arange(0, length + factor, factor, device=self.device).clamp(max=length)
                for length in (height, width)
            )
            boxes = corners[:, :, rows][..., columns].diff(dim=2).diff(dim=3)
            mean = boxes.float() / factor**2
            y = (mean[:, 0] * 16).round().int() - 2048
            chroma = (mean[:, 1:] * 4).round().int() + 512
            packed = (y << 20) | (chroma[:, 0] << 10) | chroma[:, 1]
            for k, array in enumerate(arrays):
                yield packed[k, : -(-array.shape[0] // factor), : -(-array.shape[1] // factor)].reshape(-1)

    def sample(self, picture, frame_from_crop, mirrored, pixels, side):
        """Crops, [n, 3, side, side] in −1…1; Y = −1, Cb = Cr = 0 outside the picture.

        picture: long [n]. frame_from_crop: [n, 4], maps (a, b, tx, ty) from crop units to picture pixels. mirrored: bool
        [n], the crop is flipped left to right. pixels: float [n], the number of pixels that span the crop; where it is less
        than `side`, the columns and rows from there on lie outside the crop.
        """
        a, b, tx, ty = frame_from_crop.unbind(1)
        step = 1 / pixels
        left = torch.where(mirrored, 1 - step / 2, step / 2)
        across = torch.where(mirrored, -step, step)
        shrink = torch.hypot(a, b) * step
        factor = torch.where(shrink > 1.5, (shrink + 0.5).floor(), 1.0).clamp(1, self.largest_factor)
        level = factor.long() - 1
        half = (factor - 1) / 2
        index = torch.arange(side, device=self.device, dtype=torch.float32)

        def axis(start, column_step, row_step):
            """Positions in cells of one axis, [n, side, side]: the whole part and the fraction."""
            columns = ((start - half) / factor).view(-1, 1, 1) + (column_step / factor).view(-1, 1, 1) * index
            place = columns + (row_step / factor).view(-1, 1, 1) * index.view(-1, 1)
            whole = place.floor()
            return whole.int(), place - whole

        x, fraction_x = axis(a * left - b * step / 2 + tx, a * across, -b * step)
        y, fraction_y = axis(b * left + a * step / 2 + ty, b * across, a * step)
        offset = self.offset[level, picture].view(-1, 1, 1)
        width = self.cell_width[level, picture].int().view(-1, 1, 1)
        height = self.cell_height[level, picture].int().view(-1, 1, 1)
        crop = torch.zeros(len(picture), 3, side, side, device=self.device)
        for right in (0, 1):
            column = x + right
            share_x = torch.where((column >= 0) & (column < width), fraction_x if right else 1 - fraction_x, 0.0)
            column = torch.minimum(column.clamp(min=0), width - 1)
            for below in (0, 1):
                row = y + below
                share = share_x * (fraction_y if below else 1 - fraction_y)
                share = torch.where((row >= 0) & (row < height), share, 0.0)
                row = torch.minimum(row.clamp(min=0), height - 1)
                cell = self.cells[offset + (row * width + column)]
                crop[:, 0] += share * ((cell >> 20) + 2048)
                crop[:, 1] += share * (((cell >> 10) & 1023) - 512)
                crop[:, 2] += share * ((cell & 1023) - 512)
        crop[:, 0].mul_(2 / (255 * 16)).sub_(1)
        crop[:, 1:].mul_(2 / (255 * 4))
        return crop

    def sample_enlarged(self, picture, frame_from_crop, mirrored, pixels, most, side):
        """Like `sample`, but with `pixels` ≤ `most` pixels a side, enlarged bilinearly to [n, 3, side, side]."""
        small = self.sample(picture, frame_from_crop, mirrored, pixels, most)
        index = torch.arange(side, device=self.device, dtype=torch.float32)
        place = (index + 0.5) * (pixels / side).view(-1, 1) - 0.5
        place = torch.minimum(place.clamp(min=0), pixels.view(-1, 1) - 1)
        # A row of the matrix holds the weights of the small crop's pixels.
        column = torch.arange(most, device=self.device, dtype=torch.float32)
        enlarge = (1 - (place.unsqueeze(2) - column).abs()).clamp(min=0).unsqueeze(1)
        return enlarge @ small @ enlarge.transpose(2, 3)
