//! Tests of expressions against values that NASM gives.
