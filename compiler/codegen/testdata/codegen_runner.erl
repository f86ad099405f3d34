%% @doc Compiles generated modules and evaluates statements, for the tests of the code generator.
-module(codegen_runner).

-export([main/1]).

%% Arguments: folder of the library's encoded modules, then a folder for each program. Each folder
%% holds `*.etf' files; the module of the program's statements is `evaluation.etf'.
main([Library | Programs]) ->
    logger:set_primary_config(level, none),
    ok = io:setopts([{encoding, unicode}]),
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    ok = beamtalk_registry:register(load(filelib:wildcard(Library ++ "/*.etf"))),
    lists:foreach(fun program/1, Programs),
    halt().

program(Folder) ->
    Evaluation = filename:join(Folder, "evaluation.etf"),
    Modules = load(filelib:wildcard(Folder ++ "/*.etf") -- [Evaluation]),
    ok = beamtalk_registry:register(Modules),
    [Module] = load([Evaluation]),
    {ok, Count} = file:read_file(filename:join(Folder, "count")),
    {_, Monitor} = spawn_monitor(fun() -> exit({answer, last(Module, binary_to_integer(Count))}) end),
    Answer =
        receive
            {'DOWN', Monitor, _, _, {answer, Text}} -> Text;
            {'DOWN', Monitor, _, _, Reason} -> unicode:characters_to_binary(io_lib:format("CRASH ~p", [Reason]))
        after 20000 -> <<"TIMEOUT">>
        end,
    ok = beamtalk_registry:unregister(Modules),
    ok = file:write_file(filename:join(Folder, "answer"), Answer).

last(Module, Count) ->
    try
        Values = [Module:'$eval'(N) || N <- lists:seq(1, Count)],
        beamtalk_send:send(beamtalk_future:value(lists:last(Values)), printString, [])
    catch
        Class:Reason:Stack ->
            Exception = beamtalk_exception:from(Class, Reason, Stack),
            Kind = atom_to_binary(beamtalk_exception:kind(Exception)),
            <<"ERROR ", Kind/binary, ": ", (beamtalk_exception:message(Exception))/binary>>
    end.

load(Files) -> [load_one(File) || File <- Files].

load_one(File) ->
    {ok, Bytes} = file:read_file(File),
    Options = [from_core, binary, return, clint],
    {ok, Module, Beam, _} = compile:noenv_forms(binary_to_term(Bytes), Options),
    {module, Module} = code:load_binary(Module, atom_to_list(Module), Beam),
    Module.
