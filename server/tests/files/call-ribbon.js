console.log("ribbon")
