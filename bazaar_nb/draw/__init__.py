"""Element trees to BGRA pixels: the only place that imports skia and cv2."""
