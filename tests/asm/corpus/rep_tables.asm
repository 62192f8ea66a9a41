; Tables computed by %rep: squares, CRC-32, bit reversal, a sine by integers.
        align 4
squares:
%assign i 0
%rep 16
        dw i*i
  %assign i i+1
%endrep
crc32:
%assign i 0
%rep 256
  %assign c i
  %rep 8
    %if c & 1
      %assign c (c >> 1) ^ 0xEDB88320
    %else
      %assign c c >> 1
    %endif
  %endrep
        dd c
  %assign i i+1
%endrep
reversed:
%assign i 0
%rep 256
  %assign r 0
  %assign k 0
  %rep 8
    %assign r r | (((i >> k) & 1) << (7-k))
    %assign k k+1
  %endrep
        db r
  %assign i i+1
%endrep
; rotation by the recurrence x' = x - y/8, y' = y + x'/8
%assign x 1000
%assign y 0
%rep 50
        dw x, y
  %assign x x - y // 8
  %assign y y + x // 8
%endrep
