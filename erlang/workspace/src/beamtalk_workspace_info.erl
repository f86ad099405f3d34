%% @doc What is in a node: classes, actors, sessions, bindings. Answers plain data, so that a client
%% on another node needs no code of this one. Runs in the caller's process.
-module(beamtalk_workspace_info).

-export([status/0, classes/0, actors/0, actors_of/1, sessions/0, bindings/1, globals/0, binding_classes/1]).

%% @doc What a person asks first.
-spec status() -> map().
status() ->
    {Wall, _} = erlang:statistics(wall_clock),
    #{node => node(),
      os_pid => list_to_binary(os:getpid()),
      otp => list_to_binary(erlang:system_info(otp_release)),
      uptime => Wall,
      classes => length(user_classes()),
      actors => length(beamtalk_actor:living()),
      sessions => length(beamtalk_workspace_session:all()),
      toolchains => length(beamtalk_workspace_toolchain:attached()),
      memory => erlang:memory(total)}.

%% @doc The classes that are not the library's, by name.
-spec classes() -> [map()].
classes() ->
    lists:sort(fun(A, B) -> maps:get(name, A) =< maps:get(name, B) end,
               [class(Module) || Module <- user_classes()]).

user_classes() ->
    [Module || Module <- beamtalk_registry:modules(), not beamtalk_class:is_of_library(Module),
               erlang:function_exported(Module, '$meta', 0)].

class(Module) ->
    #{name := Name, super := Super, kind := Kind, package := Package} = Meta = Module:'$meta'(),
    #{name => atom_to_binary(Name), module => Module, super => Super, kind => Kind,
      package => Package, file => maps:get(file, Meta, nil)}.

%% @doc The living actors.
-spec actors() -> [map()].
actors() ->
    [actor(Pid, Module) || {Pid, Module} <- lists:sort(beamtalk_actor:living())].

%% @doc The living actors of a class, not those of subclasses.
-spec actors_of(module()) -> [map()].
actors_of(Class) ->
    [actor(Pid, Module) || {Pid, Module} <- lists:sort(beamtalk_actor:living()), Module =:= Class].

actor(Pid, Module) ->
    Name = atom_to_binary(beamtalk_class:name(Module)),
    #{pid => list_to_binary(pid_to_list(Pid)), class => Name, text => beamtalk_workspace_change:printed_actor(Pid, Name),
      messages => queue_length(Pid)}.

queue_length(Pid) ->
    case process_info(Pid, message_queue_len) of
        {_, Length} -> Length;
        undefined -> 0
    end.

%% @doc The open sessions.
-spec sessions() -> [map()].
sessions() ->
    [#{id => Id, busy => Busy, client => node(Client)}
     || #{id := Id, busy := Busy, client := Client} <- beamtalk_workspace_session:all()].

%% @doc The variables of a session, printed.
-spec bindings(pid()) -> [{atom(), binary()}].
bindings(Session) ->
    printed(beamtalk_workspace_session:bindings(Session)).

%% @doc The workspace's bindings, printed.
-spec globals() -> [{atom(), binary()}].
globals() ->
    printed(beamtalk_workspace_globals:all()).

%% @doc The names that an expression of a session can use, with the classes of their values.
-spec binding_classes(pid()) -> [{atom(), atom()}].
binding_classes(Session) ->
    All = maps:merge(beamtalk_workspace_globals:all(), beamtalk_workspace_session:bindings(Session)),
    [{Name, beamtalk_class:class_name(Value)} || {Name, Value} <- lists:sort(maps:to_list(All))].

printed(Bindings) ->
    [{Name, beamtalk_print:print_string(Value)} || {Name, Value} <- lists:sort(maps:to_list(Bindings))].
