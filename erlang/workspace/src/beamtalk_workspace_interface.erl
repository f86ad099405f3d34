%% @doc Primitives of `WorkspaceInterface': what `Workspace' answers. What needs a compiler is asked
%% of the attached toolchain. Runs in the sender's process.
-module(beamtalk_workspace_interface).

-export(['class instance'/1, actors/1, 'actorAt:'/2, 'actorsOf:'/2, classes/1, testClasses/1, globals/1]).
-export([sessions/1, sync/1, 'load:'/2, 'newClass:at:'/3, changes/1]).
-export([test/1, 'test:'/2, 'bind:as:'/3, 'unbind:'/2]).
-export([flush/1, 'flush:'/2, 'flush:confirmDestructive:'/3, flushIncludingDestructive/1]).
-export([autoflush/1, 'autoflush:'/2, recheckImage/1, nodes/1, 'forgetNode:'/2, dependencies/1]).
-export([processes/1, supervisor/1, supervisors/1, 'startSupervisor:'/2, 'stopSupervisor:'/2]).

-define(NAME, 'WorkspaceInterface').
%% Names that always mean the same.
-define(RESERVED, ['Transcript', 'Workspace', 'Beamtalk', 'Session', self, super, nil, true, false]).

-spec 'class instance'(term()) -> map().
'class instance'(_Class) ->
    #{'__class__' => 'bt@stdlib@WorkspaceInterface'}.

-spec actors(term()) -> [tuple()].
actors(_) ->
    [{'$actor', Module, Pid} || {Pid, Module} <- lists:sort(beamtalk_actor:living())].

%% By what stands in its printed form: `0.173.0', or the whole of it.
-spec 'actorAt:'(term(), term()) -> tuple() | nil.
'actorAt:'(_, Text) ->
    Wanted = beamtalk_check:string(Text, ?NAME, 'actorAt:'),
    case re:run(Wanted, <<"([0-9]+\\.[0-9]+\\.[0-9]+)">>, [{capture, all_but_first, list}]) of
        {match, [Number]} ->
            found([{'$actor', Module, Pid} || {Pid, Module} <- beamtalk_actor:living(),
                                              pid_to_list(Pid) =:= "<" ++ Number ++ ">"]);
        nomatch -> nil
    end.

found([Actor | _]) -> Actor;
found([]) -> nil.

%% Actors of the class and of its subclasses.
-spec 'actorsOf:'(term(), term()) -> [tuple()].
'actorsOf:'(_, {'$class', Class}) ->
    [{'$actor', Module, Pid} || {Pid, Module} <- lists:sort(beamtalk_actor:living()),
                                beamtalk_class:inherits(Module, Class)];
'actorsOf:'(_, Other) ->
    beamtalk_exception:type_error(?NAME, 'actorsOf:', <<"a class">>, Other).

-spec classes(term()) -> [tuple()].
classes(_) ->
    Classes = beamtalk_workspace_info:classes(),
    List = [{'$class', Module} || #{module := Module} <- Classes],
    ok = beamtalk_workspace_evaluator:shows_as(List, class_lines(Classes)),
    List.

%% At the prompt the list shows as lines, with the files beside the names.
class_lines(Classes) ->
    Width = lists:max([0 | [string:length(Name) || #{name := Name} <- Classes]]),
    Lines = [[string:pad(Name, Width + 3), file_text(File)] || #{name := Name, file := File} <- Classes],
    unicode:characters_to_binary(lists:join($\n, Lines)).

file_text(nil) -> <<"no file">>;
file_text(File) -> File.

-spec testClasses(term()) -> [tuple()].
testClasses(_) ->
    [{'$class', Module} || #{module := Module} <- beamtalk_workspace_info:classes(),
                           beamtalk_class:inherits(Module, 'bt@stdlib@TestCase')].

-spec globals(term()) -> map().
globals(_) ->
    beamtalk_bindings_view:of_workspace().

-spec sessions(term()) -> [map()].
sessions(_) ->
    beamtalk_session:all().

-spec sync(term()) -> map().
sync(_) ->
    #{classes := Classes} = Answer = beamtalk_workspace_compiler:ask(sync, nil, ?NAME, sync),
    beamtalk_workspace_compiler:show(<<"Reloaded: ">>, Classes),
    #{loaded => class_objects(Classes), warnings => maps:get(warnings, Answer)}.

-spec 'load:'(term(), term()) -> [tuple()].
'load:'(_, Path) when is_binary(Path) ->
    #{classes := Classes} = beamtalk_workspace_compiler:ask(load, named_file(Path), ?NAME, 'load:'),
    beamtalk_workspace_compiler:show(<<"Loaded: ">>, Classes),
    class_objects(Classes);
'load:'(_, Other) ->
    beamtalk_exception:raise(type_error, 'Workspace', 'load:',
                             [<<"Workspace>>load: expects a String path, got ">>,
                              atom_to_binary(beamtalk_class:class_name(Other))], nil).

%% Who attached to a foreign node, which runs in a folder of its own and may be another machine, means
%% files of the project that they work in: the toolchain finds those.
named_file(Path) ->
    case whereis(beamtalk_workspace_guest) of
        undefined ->
            filelib:is_file(Path) orelse
                beamtalk_exception:raise(io_error, 'Workspace', 'load:',
                                         [<<"Workspace>>load: no such file: ">>, Path], nil),
            unicode:characters_to_binary(filename:absname(Path));
        _ ->
            Path
    end.

class_objects(Classes) ->
    [{'$class', Module} || #{module := Module} <- Classes].

%% Makes the file, loads it, and takes it away again where it cannot be loaded.
-spec 'newClass:at:'(term(), term(), term()) -> [tuple()].
'newClass:at:'(Self, Source, Path) ->
    Text = beamtalk_check:string(Source, ?NAME, 'newClass:at:'),
    File = own_path(source_path(beamtalk_check:string(Path, ?NAME, 'newClass:at:'))),
    case written_new(File, Text) of
        ok ->
            try with_class('load:'(Self, unicode:characters_to_binary(filename:absname(File))))
            catch Class:Reason:Stack ->
                _ = file:delete(File),
                erlang:raise(Class, Reason, Stack)
            end;
        {error, eexist} ->
            beamtalk_exception:raise(already_exists, ?NAME, 'newClass:at:',
                                     [File, <<" exists already">>], <<"Choose another path">>);
        {error, Reason} ->
            beamtalk_exception:raise(io_error, ?NAME, 'newClass:at:',
                                     [<<"Cannot write ">>, File, <<": ">>, file:format_error(Reason)], nil)
    end.

%% Nothing else is found again as a source.
source_path(File) ->
    filename:extension(File) =:= <<".bt">> orelse
        beamtalk_exception:raise(invalid_argument, ?NAME, 'newClass:at:',
                                 [<<"WorkspaceInterface>>newClass:at: expects a path that ends in .bt, got ">>, File], nil),
    File.

%% The node writes the file: one that was attached to runs in another folder than the project's.
own_path(File) ->
    whereis(beamtalk_workspace_guest) =:= undefined orelse filename:pathtype(File) =/= relative orelse
        beamtalk_exception:raise(unsupported, ?NAME, 'newClass:at:',
                                 [<<"WorkspaceInterface>>newClass:at: takes an absolute path at a node that was attached to, got ">>, File],
                                 <<"The node writes the file, in a folder of its own; or write it in the project, and Workspace load: it">>),
    File.

written_new(File, Text) ->
    case filelib:ensure_dir(File) of
        ok -> file:write_file(File, Text, [exclusive]);
        %% What should be a folder is a file.
        {error, eexist} -> {error, enotdir};
        {error, Reason} -> {error, Reason}
    end.

with_class([]) ->
    beamtalk_exception:raise(invalid_argument, ?NAME, 'newClass:at:',
                             <<"WorkspaceInterface>>newClass:at: expects the source of a class, and this declares none">>, nil);
with_class(Classes) ->
    Classes.

-spec changes(term()) -> map().
changes(_) ->
    beamtalk_change_log:current().

-spec flush(term()) -> [binary()].
flush(_) ->
    beamtalk_change_log:flush(#{}, false).

-spec 'flush:'(term(), term()) -> [binary()].
'flush:'(Self, Target) ->
    'flush:confirmDestructive:'(Self, Target, false).

%% A class, an entry, or a kind of change.
-spec 'flush:confirmDestructive:'(term(), term(), term()) -> [binary()].
'flush:confirmDestructive:'(_, {'$class', Module}, Confirmed) ->
    beamtalk_change_log:flush(#{class => beamtalk_class:name(Module)}, confirmed(Confirmed));
'flush:confirmDestructive:'(_, #{'__class__' := 'bt@stdlib@ChangeEntry', seq := Seq}, Confirmed) ->
    beamtalk_change_log:flush(#{seqs => [Seq]}, confirmed(Confirmed));
'flush:confirmDestructive:'(_, Kinds, Confirmed) ->
    beamtalk_change_log:'flushKinds:confirmDestructive:'(nil, Kinds, confirmed(Confirmed)).

confirmed(Flag) ->
    beamtalk_check:boolean(Flag, ?NAME, 'flush:confirmDestructive:').

-spec flushIncludingDestructive(term()) -> [binary()].
flushIncludingDestructive(_) ->
    beamtalk_change_log:flush(#{}, true).

-spec autoflush(term()) -> boolean().
autoflush(_) ->
    beamtalk_workspace_changes:autoflush().

-spec 'autoflush:'(term(), term()) -> boolean().
'autoflush:'(_, Flag) when is_boolean(Flag) ->
    ok = beamtalk_workspace_changes:autoflush(Flag),
    Flag;
'autoflush:'(_, Other) ->
    beamtalk_exception:type_error(?NAME, 'autoflush:', <<"a Boolean">>, Other).

%% Everything that is wrong with the program as it runs, a text for each finding.
-spec recheckImage(term()) -> [binary()].
recheckImage(_) ->
    #{findings := Findings} = beamtalk_workspace_compiler:ask(recheck, nil, ?NAME, recheckImage),
    Findings.

-spec nodes(term()) -> [map()].
nodes(_) ->
    beamtalk_workspace_cluster:tried().

-spec 'forgetNode:'(term(), term()) -> nil.
'forgetNode:'(_, Name) ->
    Text = atom_to_binary(beamtalk_check:symbol(Name, ?NAME, 'forgetNode:')),
    case beamtalk_workspace_cluster:forget(Name) of
        {ok, Loads, Kept} -> io:put_chars(forgotten(Text, Loads, Kept)), nil;
        {error, unknown} ->
            refuse_forget(not_found, [Text, <<" is no member of the cluster">>], <<"Workspace nodes tells who is">>);
        {error, here} ->
            refuse_forget(invalid_argument, [Text, <<" is this very node">>], nil);
        {error, State} ->
            refuse_forget(invalid_argument, [Text, <<" is ">>, atom_to_binary(State), <<" and cannot be forgotten">>],
                          <<"a node that is gone for good is down; stop it first">>)
    end.

forgotten(Text, Loads, Kept) ->
    Missed = case Loads of
        0 -> <<>>;
        1 -> <<", and the load that it missed">>;
        _ -> [<<", and the ">>, integer_to_binary(Loads), <<" loads that it missed">>]
    end,
    Others = [[<<"warning: ">>, atom_to_binary(Node), <<" still has it as a member: forget it there too\n">>] || Node <- Kept],
    unicode:characters_to_binary([<<"Forgot: ">>, Text, Missed, $\n, Others]).

-spec refuse_forget(atom(), iodata(), binary() | nil) -> no_return().
refuse_forget(Kind, Message, Hint) ->
    beamtalk_exception:raise(Kind, ?NAME, 'forgetNode:', Message, Hint).

-spec processes(term()) -> [map()].
processes(_) ->
    beamtalk_workspace_supervision:trees().

-spec supervisors(term()) -> [tuple()].
supervisors(_) ->
    beamtalk_workspace_supervision:running().

-spec supervisor(term()) -> tuple() | nil.
supervisor(_) ->
    beamtalk_workspace_supervision:of_project().

-spec 'startSupervisor:'(term(), term()) -> term().
'startSupervisor:'(_, Class) ->
    beamtalk_workspace_supervision:start(Class).

-spec 'stopSupervisor:'(term(), term()) -> term().
'stopSupervisor:'(_, Class) ->
    beamtalk_workspace_supervision:stop(Class).

-spec test(term()) -> map().
test(Self) ->
    Classes = testClasses(Self),
    Result = shown_result(<<"All tests">>, Classes),
    case Classes of
        [] -> io:put_chars(<<"No test classes are loaded. Workspace load: \"test\" loads those of a project.\n">>);
        _ -> ok
    end,
    Result.

-spec 'test:'(term(), term()) -> map().
'test:'(_, {'$class', Module} = Class) ->
    case beamtalk_class:inherits(Module, 'bt@stdlib@TestCase') of
        true -> shown_result(atom_to_binary(beamtalk_class:name(Module)), Class);
        false -> not_a_test(Class)
    end;
'test:'(_, Other) ->
    not_a_test(Other).

-spec not_a_test(term()) -> no_return().
not_a_test(Other) ->
    beamtalk_exception:type_error(?NAME, 'test:', <<"a TestCase class">>, Other).

shown_result(Name, Classes) ->
    Result = beamtalk_send:send({'$class', 'bt@stdlib@TestRunner'}, 'run:', [Classes]),
    [Total, Passed, Failed, Errors] =
        [beamtalk_send:send(Result, Selector, []) || Selector <- [total, passed, failed, errors]],
    Milliseconds = 1000 * beamtalk_send:send(Result, duration, []),
    io:put_chars(unicode:characters_to_binary(
        io_lib:format("~ts: ~b tests, ~b passed, ~b failed (~bms)~n",
                      [Name, Total, Passed, Failed + Errors, round(Milliseconds)]))),
    Result.

-spec 'bind:as:'(term(), term(), term()) -> term().
'bind:as:'(_, Value, Name) ->
    Symbol = beamtalk_check:symbol(Name, ?NAME, 'bind:as:'),
    case standing(Symbol) of
        system ->
            beamtalk_exception:raise(invalid_argument, ?NAME, 'bind:as:',
                                     [atom_to_binary(Symbol), <<" is a system name and cannot be shadowed">>], nil);
        class ->
            logger:warning("~ts hides the class of that name", [Symbol]),
            io:put_chars([<<"warning: ">>, atom_to_binary(Symbol), <<" hides the class of that name\n">>]);
        free -> ok
    end,
    ok = beamtalk_workspace_globals:bind(Symbol, Value),
    Value.

standing(Symbol) ->
    case lists:member(Symbol, ?RESERVED) of
        true -> system;
        false -> standing(atom_to_list(Symbol), Symbol)
    end.

%% What is bound already has been warned of.
standing([C | _], Symbol) when C >= $A, C =< $Z ->
    case beamtalk_workspace_globals:find(Symbol) of
        {ok, _} -> free;
        error -> standing_class(beamtalk_registry:lookup(Symbol))
    end;
standing(_, _Symbol) ->
    free.

standing_class({ok, Module}) ->
    case beamtalk_class:is_of_library(Module) of
        true -> system;
        false -> class
    end;
standing_class(error) -> free.

-spec 'unbind:'(term(), term()) -> nil.
'unbind:'(_, Name) ->
    Symbol = beamtalk_check:symbol(Name, ?NAME, 'unbind:'),
    case beamtalk_workspace_globals:unbind(Symbol) of
        ok -> nil;
        error ->
            beamtalk_exception:raise(key_not_found, ?NAME, 'unbind:',
                                     [<<"Name not found: ">>, atom_to_binary(Symbol)], nil)
    end.

%% The packages of loaded classes beside the library's and the project's own.
-spec dependencies(term()) -> #{binary() => map()}.
dependencies(_) ->
    Packages = [Package || Module <- beamtalk_registry:modules(),
                           erlang:function_exported(Module, '$meta', 0),
                           #{package := Package} <- [Module:'$meta'()]],
    Used = lists:usort(Packages) -- [stdlib, user, dynamic, own_package()],
    maps:from_list([{atom_to_binary(Package), #{'__class__' => 'bt@stdlib@Package', name => Package}}
                    || Package <- Used]).

%% The name that the manifest in the working folder gives.
own_package() ->
    Name = "^\\s*name\\s*=\\s*\"([^\"]+)\"",
    case file:read_file("beamtalk.toml") of
        {ok, Manifest} ->
            case re:run(Manifest, Name, [multiline, unicode, {capture, all_but_first, binary}]) of
                {match, [Own]} -> binary_to_atom(Own);
                nomatch -> user
            end;
        {error, _} -> user
    end.
