// kfake as a process: kfake BROKERS prints its bootstrap list and lives until it is killed.
// kfake -restart COUNT BROKERS starts and closes a cluster COUNT times in this process and prints
// how many milliseconds each start took.
package main

import (
	"flag"
	"fmt"
	"log"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

func start(brokers int) *kfake.Cluster {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(brokers))
	if err != nil {
		log.Fatal(err)
	}
	return cluster
}

func main() {
	restarts := flag.Int("restart", 0, "")
	flag.Parse()
	brokers, err := strconv.Atoi(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	for range *restarts {
		begin := time.Now()
		cluster := start(brokers)
		fmt.Println(float64(time.Since(begin).Microseconds()) / 1000)
		cluster.Close()
	}
	if *restarts == 0 {
		fmt.Println(strings.Join(start(brokers).ListenAddrs(), ","))
		select {}
	}
}
