%% @doc The node that runs tests for `beamtalk test': connects to the command's socket, does what it
%% asks and tells of each test as it starts and ends. Terms in `{packet, 4}' frames, both ways.
%%
%% | asked | told |
%% |---|---|
%% | `{load, Modules}' | `{covered, Lines}', `{loaded, ok | {failed, Text}, SerialModules}' |
%% | `{run, Id, Module, Tests, Options}' | `{started, Id, Test}', `{ended, Id, Outcome}', `{covered, Lines}', `{done, Id}' |
%%
%% `Lines' is `[{Module, [{Line, Count}]}]': after loading all lines with zeros, after a run what was
%% reached since the last time; nothing is told of code that does not count its lines.
%%
%% Several runs may be asked for at once. The node ends with the connection. One process owns the
%% socket and writes all frames.
-module(beamtalk_test_node).

-export([main/0]).

%% @doc Entry point of `erl -s': the socket's path is the first plain argument.
-spec main() -> no_return().
main() ->
    [Path | _] = init:get_plain_arguments(),
    beamtalk_workspace_node:keep_deep_traces(),
    {ok, _} = application:ensure_all_started(beamtalk_workspace),
    {ok, Socket} = gen_tcp:connect({local, Path}, 0, [local, binary, {packet, 4}, {active, true}]),
    tell(Socket, {ready, list_to_binary(os:getpid())}),
    loop(Socket).

loop(Socket) ->
    receive
        {tcp, Socket, Frame} ->
            asked(binary_to_term(Frame), Socket),
            loop(Socket);
        {tcp_closed, Socket} ->
            erlang:halt(0, [{flush, false}]);
        {tcp_error, Socket, _} ->
            erlang:halt(1, [{flush, false}]);
        _Other ->
            loop(Socket)
    end.

asked({load, Modules}, Socket) ->
    Loaded = load(Modules),
    covered(beamtalk_coverage:prepare(Modules), fun(Told) -> tell(Socket, Told) end),
    put(loaded, Modules),
    tell(Socket, {loaded, Loaded, [M || M <- Modules, is_serial_test(M)]});
asked({run, Id, Module, Tests, Options}, Socket) ->
    Modules = get(loaded),
    {_Pid, _Monitor} = spawn_monitor(fun() ->
        Tell = fun({started, Test}) -> tell(Socket, {started, Id, Test});
                  ({ended, Outcome}) -> tell(Socket, {ended, Id, Outcome})
               end,
        beamtalk_test_runner:run(Module, Tests, Options, Tell),
        covered(beamtalk_coverage:take(Modules), fun(Told) -> tell(Socket, Told) end),
        tell(Socket, {done, Id})
    end),
    ok.

covered([], _Tell) -> ok;
covered(Lines, Tell) -> Tell({covered, Lines}).

%% Written by whoever has something to tell, before it goes on: a test may take the node down.
tell(Socket, Told) ->
    case gen_tcp:send(Socket, term_to_binary(Told)) of
        ok -> ok;
        {error, _} -> erlang:halt(1, [{flush, false}])
    end.

load(Modules) ->
    case [{M, Reason} || M <- Modules, {error, Reason} <- [code:ensure_loaded(M)]] of
        [] -> register_all(Modules);
        Failed -> {failed, unicode:characters_to_binary(io_lib:format("~0tp", [Failed]))}
    end.

register_all(Modules) ->
    case beamtalk_registry:register(Modules) of
        ok -> ok;
        {error, #{message := Message}} -> {failed, Message};
        {error, Reason} -> {failed, unicode:characters_to_binary(io_lib:format("~0tp", [Reason]))}
    end.

is_serial_test(Module) ->
    erlang:function_exported(Module, '$meta', 0) andalso
        maps:get(kind, Module:'$meta'(), nil) =:= testCase andalso
        beamtalk_test_runner:is_serial(Module).
