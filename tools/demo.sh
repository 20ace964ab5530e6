#!/bin/bash
insmod /fang/fang.ko 2>/dev/null; uname -r
